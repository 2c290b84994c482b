import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../../words";
import "./charts.css";
import { Scroll } from "./Scroll";

export type Cell = string | number | null;

export interface Sheet {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

interface FigureProps {
  title: string;
  /** What the picture shows, in a sentence, for who does not see it. */
  label: string;
  /** The same as numbers. */
  sheet: Sheet;
  note?: string;
  children: ComponentChildren;
}

/** A picture with its name, and its numbers as a table for who wants or needs them. */
export function Figure({ title, label, sheet, note, children }: FigureProps) {
  return (
    <figure class="figure">
      <figcaption>{title}</figcaption>
      <div role="img" aria-label={label}>
        {children}
      </div>
      {note && <p class="hint">{note}</p>}
      <details class="figure-table">
        <summary>{say("As a table")}</summary>
        <SheetTable sheet={sheet} label={title} />
      </details>
    </figure>
  );
}

/** A plain table; the first column names the row. */
export function SheetTable({ sheet, label }: { sheet: Sheet; label: string }) {
  return (
    <Scroll label={label}>
      <table class="sheet">
        <thead>
          <tr>
            {sheet.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sheet.rows.map((row) => (
            <tr key={row.join("\u0000")}>
              {row.map((cell, place) =>
                place === 0 ? (
                  <th key={sheet.columns[place]} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={sheet.columns[place]}>{cell ?? "–"}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** The width that an element has, so that a picture can be drawn in pixels and its text stays legible. */
export function useWidth(first = 480) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.max(200, entry.contentRect.width)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return { box, width };
}
