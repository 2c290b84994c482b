/** One vocabulary while it is taught: whom to ask about, what was said, what was learned. */
import { batch, signal } from "@preact/signals";
import { get, type Page, Problem, post, remove } from "../../api";
import { tell, tellProblem } from "../../parts";
import { stored } from "../../stored";
import { say } from "../../words";
import type { Correction, Learned, Question } from "./types";

export const vocabulary = stored("vocabulary", "genre", (value) => typeof value === "string" && value !== "");
export const questions = signal<Question[]>([]);
export const labels = signal<string[]>([]);
export const told = signal<Correction[]>([]);
export const learned = signal<Learned | null>(null);
export const learning = signal(false);
/** Nothing is known in this vocabulary: examples come first. */
export const blank = signal(false);

const skipped = new Set<number>();
let latest = 0;
const N_ASKED = 12;

/** Begins with a vocabulary, as it stands. */
export async function begin(name: string): Promise<void> {
  skipped.clear();
  batch(() => {
    vocabulary.value = name;
    questions.value = [];
    labels.value = [];
    told.value = [];
    learned.value = null;
    learning.value = false;
    blank.value = false;
  });
  latest += 1;
  await Promise.all([ask(), list(), known(name)]);
  if (isTaught(name) && told.value.length) await learn();
}

/** Is it still this vocabulary? Answers about one that was left come too late. */
function isTaught(name: string): boolean {
  return vocabulary.value === name;
}

async function ask(): Promise<void> {
  const name = vocabulary.value;
  try {
    const asked = { vocabulary: name, n: N_ASKED };
    const found = await get<{ ask: Question[] }>("/corrections/suggestions", asked);
    if (isTaught(name)) questions.value = unskipped(found.ask);
  } catch (error) {
    if (!isTaught(name)) return;
    if (error instanceof Problem && error.status === 404) blank.value = true;
    else tellProblem(error);
  }
}

function unskipped(asked: Question[]): Question[] {
  return asked.filter((one) => !skipped.has(one.id));
}

async function list(): Promise<void> {
  const name = vocabulary.value;
  const found = await get<Page<Correction>>("/corrections", { vocabulary: name, limit: 50 });
  if (!isTaught(name)) return;
  told.value = found.items;
  add(found.items.map((one) => one.label));
}

/** The classes of the bundle of that name, where there is one. */
async function known(name: string): Promise<void> {
  try {
    const found = await get<{ manifest: { classes: string[] } }>(`/bundles/${encodeURIComponent(name)}`);
    if (isTaught(name)) add(found.manifest.classes);
  } catch {
    // a vocabulary of one's own
  }
}

function add(more: readonly string[]): void {
  labels.value = [...new Set([...labels.value, ...more])];
}

/** Says what a track is; what the model said instead does not hold. */
export async function answer(track: number, label: string, instead?: string): Promise<void> {
  try {
    const wrong = instead && instead !== label ? { instead_of: instead } : {};
    await post("/corrections", { track, vocabulary: vocabulary.value, label, ...wrong });
  } catch (error) {
    tellProblem(error);
    return;
  }
  batch(() => {
    questions.value = questions.value.filter((one) => one.id !== track);
    blank.value = false;
    add([label]);
  });
  tell(say("Kept: {label}", { label }), { text: say("Undo"), act: undo });
  await Promise.all([list(), learn()]);
}

/** Puts a track last, unanswered. */
export function skip(track: number): void {
  skipped.add(track);
  questions.value = unskipped(questions.value);
}

/** Takes back what was said last. */
export async function undo(): Promise<void> {
  try {
    await remove("/corrections", { vocabulary: vocabulary.value });
  } catch (error) {
    tellProblem(error);
    return;
  }
  await list();
  if (told.value.length) await learn();
  else learned.value = null;
  await ask();
}

/** Takes one back. */
export async function takeBack(id: number): Promise<void> {
  await remove(`/corrections/${id}`).catch(tellProblem);
  await list();
  if (told.value.length) await learn();
  else learned.value = null;
}

/** Learns from all that was said; of several that overlap the last counts. */
async function learn(): Promise<void> {
  latest += 1;
  const turn = latest;
  learning.value = true;
  try {
    const found = await post<Learned>("/corrections/learn", { vocabulary: vocabulary.value, n_ask: N_ASKED });
    if (turn === latest) {
      batch(() => {
        learned.value = found;
        questions.value = unskipped(found.ask);
        add(found.labels.map((row) => row.label));
      });
    }
  } catch (error) {
    tellProblem(error);
  }
  if (turn === latest) learning.value = false;
}
