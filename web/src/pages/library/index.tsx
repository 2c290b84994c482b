/** The library: what a query finds, as a table. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { get } from "../../api";
import { AddLink, EmptyState, ErrorBox, IconButton, VirtualTable } from "../../parts";
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

const KEYS_MS = 120;
const COUNTS_MS = 400;
const WIDE = "(min-width: 72rem)";

export default function Page() {
  const query = useSignal(address.value.get("q") ?? "");
  const asked = useLater(query.value.trim(), KEYS_MS);
  const sort = useSignal(address.value.get("sort") ?? "");
  const chosen = useSignal<Map<number, Track>>(new Map());
  const choosing = useSignal(false);
  const facets = useSignal(window.matchMedia(WIDE).matches);
  const columns = useColumns();
  const rows = useRows<Track>(
    (offset, limit, abort) => get("/tracks", { query: asked, sort: sort.value, offset, limit }, abort),
    [asked, sort.value],
  );
  const { rows: shown, query: found } = useKept(rows, asked);
  const counted = useLater(found, COUNTS_MS);
  useEffect(() => remember({ q: asked, sort: sort.value }), [asked, sort.value]);
  const wanted = address.value.get("q") ?? "";
  useEffect(() => {
    if (wanted !== asked) query.value = wanted; // a link, or the buttons of the browser
  }, [wanted]);
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
        <Found rows={shown} error={rows.error.value} query={asked}>
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
        {facets.value && shown.total.value !== undefined && <Facets query={query} asked={counted} />}
      </div>
      {chosen.value.size > 0 && <Selection chosen={chosen} />}
      {choosing.value && <Chooser onClose={() => flip(choosing)} />}
    </div>
  );
}

function flip(flag: Signal<boolean>): void {
  flag.value = !flag.value;
}

/** The same text once it has stood still for a while, so that not every key asks the server. */
function useLater(text: string, pause_ms: number): string {
  const later = useSignal(text);
  useEffect(() => {
    const waiting = setTimeout(() => {
      later.value = text;
    }, pause_ms);
    return () => clearTimeout(waiting);
  }, [text, pause_ms, later]);
  return later.value;
}

/**
 * The rows of before until the first of the new ones are here: a table that flickers cannot be read. Counts are
 * asked for after them: rows are what one waits for.
 */
function useKept(rows: Rows<Track>, query: string): { rows: Rows<Track>; query: string } {
  const kept = useMemo(() => ({ rows, query }), []);
  if (rows.total.value !== undefined) Object.assign(kept, { rows, query });
  return kept;
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
      <AddLink />
      <p>{say("or in a terminal:")}</p>
      <code>tunelens analyze ~/Music</code>
    </EmptyState>
  );
}
