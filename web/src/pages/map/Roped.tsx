import { useSignal } from "@preact/signals";
import { Button, IconButton } from "../../parts";
import { number, say } from "../../words";
import { PlaylistDialog } from "../library/PlaylistDialog";
import type { Atlas } from "./atlas";

const MOST_LISTED = 200;

/** The songs that the lasso caught: a list, and a playlist of them. */
export function Roped({ atlas }: { atlas: Atlas }) {
  const isKeeping = useSignal(false);
  void atlas.named.value;
  const rows = atlas.roped.value;
  const left = rows.length - MOST_LISTED;
  return (
    <section class="card roped" aria-label={say("Selected songs")}>
      <header class="row">
        <h2 class="grow">{say("{n} songs selected", { n: number(rows.length) })}</h2>
        <IconButton icon="close" size={16} label={say("Choose none")} onClick={() => atlas.rope([])} />
      </header>
      <Button kind="main" icon="plus" disabled={!rows.length} onClick={() => (isKeeping.value = true)}>
        {say("To a playlist")}
      </Button>
      <SongList atlas={atlas} rows={rows.slice(0, MOST_LISTED)} label={say("Selected songs")} />
      {left > 0 && <p class="quiet small">{say("and {n} more", { n: number(left) })}</p>}
      {isKeeping.value && (
        <PlaylistDialog
          tracks={rows.map((row) => ({ id: atlas.points.id(row) }))}
          onClose={() => (isKeeping.value = false)}
        />
      )}
    </section>
  );
}

/** Songs of the map as buttons that go to them. */
function SongList({ atlas, rows, label }: { atlas: Atlas; rows: readonly number[]; label: string }) {
  const { points, map } = atlas;
  return (
    <ul class="songs" aria-label={label}>
      {rows.map((row) => (
        <li key={row}>
          <button
            type="button"
            aria-current={atlas.chosen.value === row ? "true" : undefined}
            onClick={() => map.choose(row, { play: true, go: true })}
          >
            <bdi class="ellipsis">{points.titles[row] || `#${points.id(row)}`}</bdi>
            <bdi class="ellipsis quiet small">{points.artists[row]}</bdi>
          </button>
        </li>
      ))}
    </ul>
  );
}
