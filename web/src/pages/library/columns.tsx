/** What the table can show of a track. */
import type { ComponentChildren } from "preact";
import { type Column, TrackCell } from "../../parts";
import { tagsOf } from "../../track";
import type { Track } from "../../types";
import { clock, named, number, percent, say, word } from "../../words";

/** A column with its English title, which is said when it is drawn. */
export type Titled = Column<Track>;

const text = (value: string | null): ComponentChildren => (value ? <span class="quiet">{value}</span> : null);

function share(value: number | null): ComponentChildren {
  if (value === null) return null;
  return (
    <span class="share" title={percent(value)}>
      <span style={{ width: percent(value) }} />
    </span>
  );
}

function tempo({ tempo_bpm, tempo_confidence }: Track): ComponentChildren {
  if (tempo_bpm === null) return null;
  const unsure = (tempo_confidence ?? 1) < 0.5;
  return (
    <span class={unsure ? "quiet" : ""} title={unsure ? say("not sure") : undefined}>
      {number(tempo_bpm)}
    </span>
  );
}

function key({ tonic, mode, key_confidence }: Track): ComponentChildren {
  if (!tonic || !mode) return null;
  const unsure = (key_confidence ?? 1) < 0.5;
  return (
    <span class={unsure ? "quiet" : ""} title={unsure ? say("not sure") : undefined}>
      {tonic}
      {mode === "minor" ? "m" : ""}
    </span>
  );
}

function tags(track: Track): ComponentChildren {
  return (
    <span class="quiet">
      {tagsOf(track)
        .filter((tag) => tag !== "music")
        .slice(0, 4)
        .map(named)
        .join(say(", "))}
    </span>
  );
}

function first(track: Track, group: string): string | null {
  const [tag] = tagsOf(track, group);
  return tag ? named(tag) : null;
}

const genre = (track: Track): ComponentChildren => text(track.genre ?? first(track, "genre"));
const mood = (track: Track): ComponentChildren => text(first(track, "mood"));
const right = "right" as const;

/** The title stays; of the others who looks chooses. */
export const COLUMNS: readonly Titled[] = [
  {
    id: "title",
    title: word("Title"),
    width: "minmax(10rem, 3fr)",
    sort: "title",
    cell: (track, rows) => <TrackCell track={track} among={() => rows.here()} inTable />,
  },
  {
    id: "album",
    title: word("Album"),
    width: "minmax(7rem, 1.5fr)",
    sort: "album",
    from: 700,
    cell: (track) => text(track.album),
  },
  { id: "genre", title: word("Genre"), width: "minmax(6.5rem, 1fr)", from: 560, cell: genre },
  { id: "mood", title: word("Mood"), width: "minmax(5.5rem, 0.8fr)", from: 560, cell: mood },
  { id: "tags", title: word("Tags"), width: "minmax(8rem, 2fr)", from: 900, cell: tags },
  {
    id: "year",
    title: word("Year"),
    width: "4rem",
    align: right,
    sort: "year",
    from: 620,
    cell: (track) => track.year,
  },
  {
    id: "tempo",
    title: word("Tempo"),
    width: "4.75rem",
    align: right,
    sort: "tempo",
    from: 460,
    cell: tempo,
  },
  { id: "key", title: word("Key"), width: "4rem", from: 460, cell: key },
  {
    id: "loudness",
    title: word("Loudness"),
    width: "5.5rem",
    align: right,
    sort: "loudness",
    from: 620,
    cell: ({ loudness_lufs }) => (loudness_lufs === null ? null : number(loudness_lufs, 1)),
  },
  {
    id: "energy",
    title: word("Energy"),
    width: "5.5rem",
    sort: "energy",
    from: 760,
    cell: (track) => share(track.energy),
  },
  {
    id: "danceability",
    title: word("Danceability"),
    width: "6.75rem",
    sort: "danceability",
    from: 760,
    cell: (track) => share(track.danceability),
  },
  {
    id: "valence",
    title: word("Valence"),
    width: "5.5rem",
    sort: "valence",
    from: 760,
    cell: (track) => share(track.valence),
  },
  {
    id: "arousal",
    title: word("Arousal"),
    width: "5.5rem",
    sort: "arousal",
    from: 760,
    cell: (track) => share(track.arousal),
  },
  {
    id: "codec",
    title: word("Codec"),
    width: "5.5rem",
    sort: "codec",
    from: 620,
    cell: (track) => text(track.codec),
  },
  {
    id: "added",
    title: word("Added"),
    width: "7rem",
    align: right,
    sort: "added",
    from: 620,
    cell: (track) => track.added_at?.slice(0, 10),
  },
  {
    id: "length",
    title: word("Length"),
    width: "4.75rem",
    align: right,
    sort: "duration",
    cell: (track) => clock(track.duration_s),
  },
];

export const FIRST = ["title", "genre", "mood", "year", "tempo", "key", "energy", "length"];
