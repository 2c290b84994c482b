/** What the server tells of labels that people gave. */

export interface Question {
  id: number;
  track: string;
  label: string;
  probability: number;
  alternative: string | null;
}

export interface LabelRow {
  label: string;
  holds: number;
  denied: number;
  known: boolean;
  learned: boolean;
}

export interface LeftOut {
  n: number;
  n_artists: number;
  right_before: number;
  right_after: number;
  mended: number;
  broken: number;
  low: number | null;
  high: number | null;
  p: number | null;
  verdict: string;
}

export interface Change {
  id: number;
  track: string;
  before: string[];
  after: string[];
  sure: number;
}

export interface Learned {
  vocabulary: string;
  task: string;
  base: string;
  reach: string;
  labels: LabelRow[];
  n_told: number;
  n_tracks: number;
  left_out: LeftOut;
  changes: Change[];
  n_changed: number;
  ask: Question[];
  notes: string[];
}

export interface Correction {
  id: number;
  vocabulary: string;
  label: string;
  holds: boolean;
  track_id: number | null;
  title: string | null;
  artist: string | null;
  path: string;
}
