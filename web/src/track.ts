/** What to call a track, and what is said of it in short. */
import type { Track } from "./types";

type Named = Pick<Track, "path" | "title" | "artist">;

/** Its title, or the name of its file without its ending. */
export function titleOf(track: Named): string {
  const file = track.path.split(/[\\/]/).pop() ?? track.path;
  return track.title || file.replace(/\.\w{1,5}$/, "");
}

/** Artist and title, or the name of its file. */
export function nameOf(track: Named): string {
  return track.title && track.artist ? `${track.artist} – ${track.title}` : titleOf(track);
}

/** Its likely tags of a group, most probable first, each once. */
export function tagsOf(track: Pick<Track, "tags">, group?: string): string[] {
  const likely = track.tags.filter((tag) => tag.likely && (!group || tag.group === group));
  return [...new Set(likely.map((tag) => tag.tag))];
}
