/** Playlists as the server tells them. */
import type { Playable } from "../../player";
import { word } from "../../words";

export interface Smart {
  where: string;
  sort: string | null;
  limit: number | null;
}

export interface Playlist {
  name: string;
  description: string | null;
  smart: Smart | null;
  n_items: number | null;
  updated_at: string;
}

export interface Item {
  place: number;
  track_id: number | null;
  path: string;
  title: string | null;
  artist: string | null;
  duration_s: number | null;
}

export interface Shown extends Playlist {
  n_absent: number;
  duration_s: number;
  items: Item[];
}

export interface Listed extends Playable {
  tempo_bpm?: number | null;
  key?: string | null;
}

export interface Step extends Listed {
  valence: number;
  arousal: number;
  guessed: boolean;
  wanted: [number, number];
  deviation: number;
}

export interface Journey {
  title: string;
  steps: Step[];
  step_length: number;
  largest_deviation: number;
  mean_deviation: number;
  n_placed: number;
  n_guessed: number;
  n_unplaced: number;
}

export interface Made {
  tracks: Listed[];
  duration_s: number;
}

/** Moods and where they lie: valence to the right, arousal upwards. */
export const MOODS = [
  { name: "happy", text: word("happy"), at: [0.8, 0.8] },
  { name: "calm", text: word("calm"), at: [0.8, 0.2] },
  { name: "sad", text: word("sad"), at: [0.2, 0.2] },
  { name: "tense", text: word("tense"), at: [0.2, 0.8] },
  { name: "neutral", text: word("neutral"), at: [0.5, 0.5] },
] as const;

export function pathOf(name: string): string {
  return `/playlists/${encodeURIComponent(name)}`;
}

/** What the player takes of an item that is in the library. */
export function playable(item: Item): Playable | null {
  if (item.track_id === null) return null;
  const { path, title, artist } = item;
  return { id: item.track_id, path, title, artist, duration_s: item.duration_s ?? 0 };
}
