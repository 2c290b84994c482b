/** What the server tells of one track. */
import type { Tag } from "../../types";

export interface Prediction {
  task: "single" | "multi" | "continuous";
  label: string | null;
  labels: string[];
  value: number | null;
  interval: [number, number] | null;
  probabilities: Record<string, number>;
  set: string[];
  coverage: number | null;
  novelty: number | null;
  known: boolean;
  why: string;
}

export interface Descriptors {
  tempo: { bpm: number | null; confidence: number; alternatives: [number, number][]; reason: string | null };
  beats_s: number[];
  key: {
    tonic: string | null;
    mode: string | null;
    confidence: number;
    tuning_hz: number | null;
    camelot: string | null;
    reason: string | null;
  };
  loudness_lufs: number | null;
  loudness_range_lu: number | null;
  peak: number | null;
  danceability: { value: number | null; reason: string | null };
  energy: number | null;
  dynamic_complexity_db: number | null;
  pooled: Record<string, number>;
}

export interface About {
  title: string | null;
  artist: string | null;
  album: string | null;
  genre: string | null;
  year: number | null;
  container: string | null;
  codec: string | null;
  sr: number | null;
  n_channels: number | null;
  bit_rate: number | null;
  bit_depth: number | null;
}

/** As `tunelens show --json` has it. */
export interface Analysis {
  id: number;
  path: string;
  size_bytes: number;
  content_sha256: string;
  duration_s: number;
  info: About;
  descriptors: Descriptors;
  predictions: Record<string, Prediction>;
  warnings: string[];
  versions: Record<string, string>;
}

export interface Wave {
  duration_s: number;
  low: number[];
  high: number[];
}

export interface HeardTag extends Pick<Tag, "tag" | "group"> {
  mean: number;
  /** Of each stretch that was heard. */
  scores: number[];
}

/** What one net heard. */
export interface Heard {
  model: string;
  patch_s: number;
  times_s: number[];
  tags: HeardTag[];
}

export interface Timeline {
  duration_s: number;
  nets: Heard[];
}

export interface Segment {
  start_s: number;
  end_s: number;
  label: string;
}
