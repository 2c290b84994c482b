/** What the server tells of models, datasets and judgements. */

import type { Told as Refused } from "../../api";
import type { Interval } from "../../parts/charts/Intervals";

export interface ModelInfo {
  name: string;
  summary: string;
  tasks: string[];
  kind: string;
  input: string;
  extra: string;
  available: boolean;
}

export interface Named {
  name: string;
  summary: string;
}

export interface Studio {
  models: ModelInfo[];
  protocols: (Named & { inflated: boolean })[];
  inputs: Named[];
  balancers: Named[];
  library_labels: string[];
}

/** A dataset as jobs take it: one of `path`, `upload`, `query`. */
export interface DatasetRef {
  path?: string;
  upload?: string;
  query?: string;
  label?: string;
}

export interface Looked {
  name: string;
  label: string;
  kind: string;
  n_rows: number;
  classes: Record<string, number>;
  groups: Record<string, number>;
  dropped: Record<string, number>;
  notes: string[];
  protocol: string;
  group: string | null;
  why: string;
}

export interface Judged {
  protocol: string;
  group: string;
  why: string;
  inflated: boolean;
  n_folds: number;
  n_test: number;
  n_leaks: number;
  drawn: string;
  figures: Record<string, Interval>;
  by_seed: Record<string, (number | null)[]>;
  train_seconds: number;
  predict_seconds_per_clip: number;
  folds_from_cache: number;
}

export interface ClassRow {
  name: string;
  support: number;
  said: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  roc_auc: number | null;
  average_precision: number | null;
}

export interface Mistake {
  item: string;
  true: string;
  said: string;
  confidence: number;
  path: string | null;
}

export interface Evaluation {
  dataset: string;
  label: string;
  task: string;
  input: string;
  recipe: string;
  classes: string[];
  n_rows: number;
  seconds: number;
  warnings: string[];
  honest: Judged;
  random: Judged | null;
  inflation: Record<string, number | null>;
  per_class: ClassRow[];
  confusion: number[][] | null;
  reliability: {
    confidence: (number | null)[];
    share: (number | null)[];
    count: number[];
    ece: number;
  } | null;
  mistakes: Mistake[];
  learning: { metric: string; points: (Interval & { n_train: number })[] } | null;
  failed: Failed[];
}

export interface Failed {
  path: string;
  error: Refused;
}

export interface Compared {
  model: string;
  input: string;
  recipe: string;
  judged: Judged | null;
  error: Refused | null;
  behind_best: (Interval & { p: number | null }) | null;
  p_holm: number | null;
}

export interface Comparison {
  dataset: string;
  label: string;
  task: string;
  metric: string;
  n_rows: number;
  seconds: number;
  rows: Compared[];
  left_out: [string, string][];
  failed: Failed[];
  warnings: string[];
}

export interface TrainedResult {
  /** By which it is found. */
  name: string;
  bundle: string;
  manifest: {
    name: string;
    label: string;
    task: string;
    classes: string[];
    n_train: number;
    protocol: string;
    input: { name: string };
    metrics: Record<string, Interval>;
    notes: string[];
  };
  chosen: Record<string, unknown>;
  failed: Failed[];
  warnings: string[];
  seconds: number;
}

export interface Prediction {
  task: string;
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
