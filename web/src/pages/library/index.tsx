/** The library: what a query finds, as a table. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { get } from "../../api";
import { EmptyState, ErrorBox, IconButton, VirtualTable } from "../../parts";
import { current, play } from "../../player";
import { search as address, go, remember } from "../../router";
import { type Rows, useRows } from "../../rows";
import type { Track } from "../../types";
import { number, say } from "../../words";
import { Chooser, useColumns } from "./Chooser";
import { Facets } from "./Facets";
import { Search } from "./Search";
import { Selection } from "./Selection";
import "./library.css";

const PAUSE_MS = 120;
const WIDE = "(min-width: 72rem)";

export default function Page() {
  const query = useSignal(address.value.get("q") ?? "");
  const asked = useLater(query);
  const sort = useSignal(address.value.get("sort") ?? "");
  const chosen = useSignal<Map<number, Track>>(new Map());
  const choosing = useSignal(false);
  const facets = useSignal(window.matchMedia(WIDE).matches);
  const columns = useColumns();
  const rows = useRows<Track>(
    (offset, limit, abort) => get("/tracks", { query: asked.value, sort: sort.value, offset, limit }, abort),
    [asked.value, sort.value],
  );
  const shown = useKept(rows);
  useEffect(() => remember({ q: asked.value, sort: sort.value }), [asked.value, sort.value]);
  return (
    <div class="page full library">
      <header class="library-head">
        <h1>{say("Library")}</h1>
        <Search query={query} error={rows.error.value} />
        <span class="quiet tabular" role="status">
          {shown.total.value === undefined ? "" : say("{n} tracks", { n: number(shown.total.value) })}
        </span>
        <IconButton
          icon="filter"
          label={say("Counts")}
          pressed={facets.value}
          filled={false}
          onClick={() => flip(facets)}
        />
        <IconButton icon="columns" label={say("Columns")} onClick={() => flip(choosing)} />
      </header>
      <div class={facets.value ? "library-body with-facets" : "library-body"}>
        <Found rows={shown} error={rows.error.value} query={asked.value}>
          <VirtualTable
            label={say("Tracks")}
            rows={shown}
            columns={columns}
            idOf={(track) => track.id}
            sort={sort.value}
            onSort={(order) => {
              sort.value = order;
            }}
            onOpen={(track) => go(`/tracks/${track.id}`)}
            onPlay={(track) => play(track, 0, shown.here())}
            chosen={chosen.value}
            onChoose={(some) => {
              chosen.value = some;
            }}
            marked={current.value?.id}
          />
        </Found>
        {facets.value && shown.total.value !== undefined && <Facets query={query} asked={asked.value} />}
      </div>
      {chosen.value.size > 0 && <Selection chosen={chosen} />}
      {choosing.value && <Chooser onClose={() => flip(choosing)} />}
    </div>
  );
}

function flip(flag: Signal<boolean>): void {
  flag.value = !flag.value;
}

/** The same text a moment later, so that not every key asks the server. */
function useLater(text: Signal<string>): Signal<string> {
  const later = useSignal(text.value.trim());
  useEffect(() => {
    const waiting = setTimeout(() => {
      later.value = text.value.trim();
    }, PAUSE_MS);
    return () => clearTimeout(waiting);
  }, [text.value, later]);
  return later;
}

/** The rows of before until the first of the new ones are here: a table that flickers cannot be read. */
function useKept(rows: Rows<Track>): Rows<Track> {
  const kept = useMemo(() => ({ rows }), []);
  if (rows.total.value !== undefined) kept.rows = rows;
  return kept.rows;
}

interface FoundProps {
  rows: Rows<Track>;
  error: unknown;
  query: string;
  children: preact.ComponentChildren;
}

function Found({ rows, error, query, children }: FoundProps) {
  if (error && rows.total.value === undefined && !query) return <ErrorBox error={error} />;
  if (rows.total.value !== 0) return <>{children}</>;
  if (query) {
    return (
      <EmptyState icon="search" title={say("Nothing is found")}>
        <p>{say("Fewer words find more; a term of the counts is taken back by another click.")}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="library" title={say("The library is empty")}>
      <p>{say("Let Tunelens hear a folder of music:")}</p>
      <code>tunelens analyze ~/Music</code>
    </EmptyState>
  );
}
