import { get } from "../../api";
import { useLoaded } from "../../loaded";
import { reasonsOf, type Similar } from "../../near";
import { ErrorBox, IconButton, TrackCell } from "../../parts";
import { tagsOf } from "../../track";
import type { Track } from "../../types";
import { clock, namedAll, number, percent, say } from "../../words";
import { type Atlas, trackOf } from "./atlas";

const N_NEAR = 10;

/** The chosen song: what is known of it, and what is near it. */
export function Chosen({ atlas, row }: { atlas: Atlas; row: number }) {
  const id = atlas.points.id(row);
  const { data, error } = useLoaded((abort) => trackOf(id, abort), [id]);
  const track = data.value;
  return (
    <section class="card chosen" aria-label={say("The chosen song")}>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      <header class="row">
        <div class="grow">{track && <TrackCell track={track} />}</div>
        <IconButton icon="close" size={16} label={say("Close")} onClick={() => atlas.map.choose(-1)} />
      </header>
      {track && <Facts track={track} />}
      <Near atlas={atlas} id={id} row={row} />
    </section>
  );
}

function Facts({ track }: { track: Track }) {
  const told: [string, string | null][] = [
    [say("Genre"), namedAll(tagsOf(track, "genre")) || track.genre],
    [say("Mood"), namedAll(tagsOf(track, "mood"))],
    [say("Tempo"), track.tempo_bpm === null ? null : `${number(track.tempo_bpm)} BPM`],
    [say("Key"), track.key],
    [say("Year"), track.year === null ? null : String(track.year)],
    [say("Duration"), clock(track.duration_s)],
  ];
  return (
    <dl class="facts">
      {told.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

/** The nearest by all that is heard; on the map they are ringed. */
function Near({ atlas, id, row }: { atlas: Atlas; id: number; row: number }) {
  const { data, error } = useLoaded(
    async (abort) => {
      const found = await get<Similar>(`/tracks/${id}/similar`, { n: N_NEAR }, abort);
      atlas.map.kin = found.neighbours.map((one) => atlas.points.row(one.track.id)).filter((kin) => kin >= 0);
      if (atlas.chosen.value === row) atlas.map.redraw();
      return found.neighbours;
    },
    [id],
  );
  const among = data.value?.map((one) => one.track);
  return (
    <div class="kin">
      <h3>{say("What is like it")}</h3>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      <ul aria-label={say("What is like it")}>
        {data.value?.map((one) => (
          <li key={one.track.id}>
            <TrackCell track={one.track} among={among} />
            <span class="quiet small ellipsis">{reasonsOf(one.reasons).join(" · ")}</span>
            <span class="tabular quiet small">{percent(Math.max(0, one.similarity))}</span>
            <IconButton
              icon="map"
              size={16}
              label={say("Show on the map")}
              onClick={() => atlas.map.choose(atlas.points.row(one.track.id), { go: true })}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
