/** What is about to be started; it stays while the page is left and come back to. */
import { computed, signal } from "@preact/signals";
import type { Upload } from "../../api";
import type { DatasetRef, Looked } from "./types";

export type Work = "evaluate" | "compare" | "train";
export type Source = "path" | "query" | "corrections" | "upload";

export interface Draft {
  work: Work;
  source: Source;
  path: string;
  query: string;
  /** What the library is asked to predict. */
  field: string;
  vocabulary: string;
  upload: Upload | null;
  /** Column of a table. */
  label: string;
  models: string[];
  /** A model written by hand, say `svm:C=10`. */
  own: string;
  input: string;
  /** "" is the honest one. */
  protocol: string;
  folds: number;
  seeds: number;
  besideRandom: boolean;
  learning: boolean;
  balance: string;
  tune: number;
  name: string;
}

export const draft = signal<Draft>({
  work: "evaluate",
  source: "path",
  path: "",
  query: "",
  field: "",
  vocabulary: "",
  upload: null,
  label: "",
  models: ["logistic"],
  own: "",
  input: "",
  protocol: "",
  folds: 5,
  seeds: 1,
  besideRandom: true,
  learning: false,
  balance: "none",
  tune: 0,
  name: "",
});

/** What the server saw in the dataset, once it has looked. */
export const seen = signal<Looked | undefined>(undefined);

export function change(values: Partial<Draft>): void {
  draft.value = { ...draft.value, ...values };
}

/** The dataset as a job takes it, or null while something is missing. */
export const dataset = computed<DatasetRef | null>(() => {
  const { source, path, query, field, vocabulary, upload, label } = draft.value;
  const named = {
    path: path ? { path } : null,
    query: field ? { query, label: field } : null,
    corrections: vocabulary ? { query: "", label: `told:${vocabulary}` } : null,
    upload: upload ? { upload: upload.id } : null,
  }[source];
  return named && { ...(label ? { label } : {}), ...named };
});

/** The models that were chosen; a written one stands for all others where there may be but one. */
export const chosen = computed<string[]>(() => {
  const { work, models, own } = draft.value;
  const written = own.trim() ? [own.trim()] : [];
  return work === "compare" ? [...models, ...written] : (written.length ? written : models).slice(0, 1);
});

/** What is sent, or null while something is missing. */
export const request = computed<Record<string, unknown> | null>(() => {
  const { work, input, protocol, folds, seeds, besideRandom, learning, balance, tune, name } = draft.value;
  if (!dataset.value || chosen.value.length < (work === "compare" ? 2 : 1)) return null;
  const common = {
    dataset: dataset.value,
    n_folds: folds,
    ...(input ? { input } : {}),
    ...(protocol ? { protocol } : {}),
    ...(balance !== "none" ? { balance } : {}),
    ...(tune ? { tune } : {}),
  };
  const model = chosen.value[0];
  if (work === "compare") return { ...common, models: chosen.value, seeds };
  if (work === "train") return name ? { ...common, model, name } : null;
  return { ...common, model, seeds, beside_random: besideRandom, learning };
});
