/** Files of one recording, as the server tells them. */
import { say, word } from "../../words";

export interface File {
  id: number;
  path: string;
  title: string | null;
  artist: string | null;
  codec: string | null;
  bit_rate: number | null;
  sr: number | null;
  duration_s: number;
  size_bytes: number;
}

export interface Copy extends File {
  offset_s: number;
  gain_db: number | null;
  share: number;
  identical: boolean;
  why: string;
}

export interface Group {
  keep: File;
  copies: Copy[];
}

export interface Found {
  items: Group[];
  total: number;
  parts: { part: File; whole: File; offset_s: number }[];
  n_parts: number;
  n_tracks: number;
  n_without: number;
  spare_bytes: number;
}

export type Decision = "spare" | "other";

/** By which rule the best was chosen, as the library says it. */
const RULES = [
  word("the kept file is lossless"),
  word("the kept file has more bits for the sound, counted as its codec uses them"),
  word("the kept file has a higher sample rate"),
  word("the kept file has more channels"),
  word("the kept file holds more of the recording"),
  word("of the kept file more tags are filled"),
  word("all else is equal, and the kept file came into the library first"),
  word("the kept file is whole, and this one lacks a part"),
];

export function ruleText(why: string): string {
  return RULES.includes(why) ? say(why) : why;
}
