/** A table of any length, of which only what is seen is drawn. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Rows } from "../rows";
import { say } from "../words";
import { Icon } from "./Icon";

export interface Column<T> {
  id: string;
  title: string;
  /** A track of a CSS grid: `5rem`, `minmax(10rem, 2fr)`. */
  width: string;
  cell: (row: T, rows: Rows<T>) => ComponentChildren;
  align?: "right";
  /** What the server calls the order by this column. */
  sort?: string;
  /** Left out where the table is narrower, px. */
  from?: number;
}

interface VirtualTableProps<T> {
  label: string;
  rows: Rows<T>;
  columns: readonly Column<T>[];
  idOf: (row: T) => number;
  rowHeight?: number;
  sort?: string;
  onSort?: (sort: string) => void;
  onOpen?: (row: T) => void;
  onPlay?: (row: T) => void;
  /** Numbers of the chosen rows; without it rows cannot be chosen. */
  chosen?: ReadonlyMap<number, T>;
  onChoose?: (chosen: Map<number, T>) => void;
  /** The row that is heard now. */
  marked?: number;
}

const SPARE = 8;

export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { rows, rowHeight = 52 } = props;
  const box = useRef<HTMLDivElement>(null);
  const view = useSignal({ top: 0, height: 800, width: 1000 });
  const active = useSignal(0);
  const id = useId();
  useSize(box, (size) => {
    view.value = { ...view.value, ...size };
  });
  useEffect(() => {
    active.value = 0;
    if (box.current) box.current.scrollTop = 0;
  }, [rows]);
  void rows.version.value;
  const total = rows.total.value ?? 0;
  const columns = props.columns.filter((column) => view.value.width >= (column.from ?? 0));
  const first = Math.max(0, Math.floor(view.value.top / rowHeight) - SPARE);
  const last = Math.min(total - 1, Math.ceil((view.value.top + view.value.height) / rowHeight) + SPARE);
  useEffect(() => rows.need(first, last), [rows, first, last]);
  const show = (index: number) => {
    active.value = index;
    scrollInto(box.current, index, rowHeight);
  };
  const keys = useKeys(props, active.value, total, Math.floor(view.value.height / rowHeight) - 1, show);
  const tracks = [props.onChoose ? "2.75rem" : "", ...columns.map((column) => column.width)].join(" ");
  const indices = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of a hundred thousand rows is no <table>
    <div
      ref={box}
      class="vtable"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-multiselectable={props.onChoose ? true : undefined}
      aria-activedescendant={total ? `${id}-${active.value}` : undefined}
      onScroll={(event) => {
        view.value = { ...view.value, top: event.currentTarget.scrollTop };
      }}
      onKeyDown={keys}
    >
      <Head {...props} columns={columns} tracks={tracks} />
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" class="vtable-body" style={{ height: `${total * rowHeight}px` }}>
        {indices.map((index) => (
          <Row
            key={index}
            {...props}
            columns={columns}
            tracks={tracks}
            id={`${id}-${index}`}
            index={index}
            top={index * rowHeight}
            height={rowHeight}
            active={index === active.value}
            onActive={() => {
              active.value = index;
            }}
          />
        ))}
      </div>
    </div>
  );
}

function useSize(
  box: { current: HTMLElement | null },
  onSize: (size: { height: number; width: number }) => void,
): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() =>
      onSize({ height: element.clientHeight, width: element.clientWidth }),
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
}

function scrollInto(box: HTMLElement | null, index: number, rowHeight: number): void {
  if (!box) return;
  const head = box.querySelector(".vtable-head")?.clientHeight ?? 0;
  const room = box.clientHeight - head;
  const top = index * rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + room) box.scrollTop = top + rowHeight - room;
}

function useKeys<T>(
  props: VirtualTableProps<T>,
  active: number,
  total: number,
  step: number,
  show: (index: number) => void,
) {
  const moves: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + step,
    PageUp: active - step,
    Home: 0,
    End: total - 1,
  };
  return (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || !total) return;
    const to = moves[event.key];
    const row = props.rows.at(active);
    if (to !== undefined) {
      const next = Math.min(total - 1, Math.max(0, to));
      if (event.shiftKey) extend(props, active, next);
      show(next);
    } else if (event.key === "Enter" && row) props.onOpen?.(row);
    else if (event.key === " " && row) {
      if (event.shiftKey || !props.onPlay) choose(props, row);
      else props.onPlay(row);
    } else if (event.key === "Escape") props.onChoose?.(new Map());
    else return;
    event.preventDefault();
  };
}

function choose<T>(props: VirtualTableProps<T>, row: T): void {
  const next = new Map(props.chosen);
  const id = props.idOf(row);
  if (!next.delete(id)) next.set(id, row);
  props.onChoose?.(next);
}

function extend<T>(props: VirtualTableProps<T>, from: number, to: number): void {
  const next = new Map(props.chosen);
  for (let index = Math.min(from, to); index <= Math.max(from, to); index++) {
    const row = props.rows.at(index);
    if (row) next.set(props.idOf(row), row);
  }
  props.onChoose?.(next);
}

interface HeadProps<T> extends VirtualTableProps<T> {
  tracks: string;
}

function Head<T>({ columns, tracks, sort = "", onSort, onChoose }: HeadProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as above
    <div role="rowgroup" class="vtable-head">
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        role="row"
        tabIndex={-1}
        aria-rowindex={1}
        class="vtable-row"
        style={{ gridTemplateColumns: tracks }}
      >
        {onChoose && (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <span role="columnheader" tabIndex={-1}>
            <span class="unseen">{say("Choose")}</span>
          </span>
        )}
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
        ))}
      </div>
    </div>
  );
}

interface HeadCellProps<T> {
  column: Column<T>;
  sort: string;
  onSort?: (sort: string) => void;
}

function HeadCell<T>({ column, sort, onSort }: HeadCellProps<T>) {
  const name = column.sort;
  const order = !name ? undefined : sort === name ? "ascending" : sort === `-${name}` ? "descending" : "none";
  return (
    // biome-ignore lint/a11y/useSemanticElements: as above
    <span role="columnheader" tabIndex={-1} aria-sort={order} class={column.align}>
      {name && onSort ? (
        <button type="button" onClick={() => onSort(nextOrder(name, sort))}>
          {column.title}
          {order === "ascending" && <Icon name="up" size={14} />}
          {order === "descending" && <Icon name="down" size={14} />}
        </button>
      ) : (
        column.title
      )}
    </span>
  );
}

/** Up, down, and back to the order of the server. */
function nextOrder(name: string, sort: string): string {
  if (sort === name) return `-${name}`;
  return sort === `-${name}` ? "" : name;
}

interface RowProps<T> extends VirtualTableProps<T> {
  tracks: string;
  id: string;
  index: number;
  top: number;
  height: number;
  active: boolean;
  onActive: () => void;
}

function Row<T>(props: RowProps<T>) {
  const { rows, columns, index, active, chosen, idOf, onOpen, onChoose } = props;
  const row = rows.at(index);
  const number = row === undefined ? -1 : idOf(row);
  const picked = chosen?.has(number) ?? false;
  const look = ["vtable-row", active && "active", picked && "chosen", number === props.marked && "marked"];
  return (
    // biome-ignore lint/a11y/useSemanticElements: as above
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid answers the keys
    <div
      role="row"
      tabIndex={-1}
      id={props.id}
      aria-rowindex={index + 2}
      aria-selected={onChoose ? picked : undefined}
      class={look.filter(Boolean).join(" ")}
      style={{
        gridTemplateColumns: props.tracks,
        height: `${props.height}px`,
        transform: `translateY(${props.top}px)`,
      }}
      onClick={(event) => {
        props.onActive();
        if (row && (event.metaKey || event.ctrlKey)) choose(props, row);
      }}
      onDblClick={() => row && onOpen?.(row)}
    >
      {onChoose && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        <span role="gridcell" tabIndex={-1}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={say("Choose")}
            checked={picked}
            disabled={!row}
            onChange={() => row && choose(props, row)}
          />
        </span>
      )}
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        <span key={column.id} role="gridcell" tabIndex={-1} class={column.align}>
          {row === undefined ? <span class="skeleton" /> : column.cell(row, rows)}
        </span>
      ))}
    </div>
  );
}
