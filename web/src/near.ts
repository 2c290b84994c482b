/** Tracks that are like others, and why, in the words of now. */
import type { Track } from "./types";
import { named, say, word } from "./words";

export interface Reasons {
  tags: string[];
  tempo: number | null;
  key: string | null;
  energy: boolean;
  parts: Record<string, number>;
  alike: string[];
}

export interface Neighbour {
  similarity: number;
  seed: string;
  reasons: Reasons;
  track: Track;
}

export interface Similar {
  seeds: Track[];
  neighbours: Neighbour[];
  n_compared: number;
  exact: boolean;
  notes: string[];
}

const PARTS: Record<string, string> = {
  embedding: word("sound"),
  timbre: word("timbre"),
  rhythm: word("rhythm"),
  harmony: word("harmony"),
  energy: word("energy"),
};
const TEMPOS: Record<number, string> = {
  0.5: word("half tempo"),
  1: word("same tempo"),
  2: word("double tempo"),
};
const KEYS: Record<string, string> = {
  "same key": word("same key"),
  "relative key": word("relative key"),
  "a fifth apart": word("a fifth apart"),
};

/** What a neighbour has in common with its seed, in short texts; so many tags, at most. */
export function reasonsOf({ tags, tempo, key, energy, alike }: Reasons, most = 5): string[] {
  const said = tags.slice(0, most).map(named);
  if (alike.length) {
    const parts = alike.map((part) => say(PARTS[part] ?? part)).join(say(", "));
    said.push(say("alike in {parts}", { parts }));
  }
  const pace = tempo === null ? undefined : TEMPOS[tempo];
  if (pace) said.push(say(pace));
  if (key) said.push(say(KEYS[key] ?? key));
  if (energy) said.push(say("same energy"));
  return said;
}
