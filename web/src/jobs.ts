/** Jobs as pages follow them. */
import { type Signal, signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ended, get, type Job, type Page, post, watchJob } from "./api";
import { type Loaded, useLoaded } from "./loaded";

/** Counts the jobs that this page has started: lists of jobs look again. */
const begun = signal(0);

/** Starts a job. */
export async function startJob<R>(kind: string, body: unknown): Promise<Job<R>> {
  const job = await post<Job<R>>(`/jobs/${kind}`, body);
  begun.value += 1;
  return job;
}

interface Followed<R> {
  job: Signal<Job<R> | undefined>;
  error: Signal<unknown>;
}

/** A job from now until it ended. */
export function useJob<R>(id: string): Followed<R> {
  const job = useSignal<Job<R> | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    let stop = () => {};
    const ask = () => get<Job<R>>(`/jobs/${encodeURIComponent(id)}`, {}, leaving.signal);
    const fail = (problem: unknown) => {
      if (!leaving.signal.aborted) error.value = problem;
    };
    const heard = (now: Job<R>) => {
      job.value = now;
    };
    ask().then((now) => {
      job.value = now;
      if (!leaving.signal.aborted && !ended(now as Job)) stop = watchJob<R>(id, heard);
    }, fail);
    return () => {
      leaving.abort();
      stop();
    };
  }, [id]);
  return { job, error };
}

const EVERY_MS = 3000;

/** The latest jobs of some kinds (all, if none is named), asked for again while one of them is under way. */
export function useJobs(kinds: readonly string[] = [], limit = 30): Loaded<Job[]> {
  const found = useLoaded(
    async (abort) => {
      const asked = kinds.length ? kinds : [""];
      const pages = await Promise.all(asked.map((kind) => get<Page<Job>>("/jobs", { kind, limit }, abort)));
      const jobs = pages.flatMap((page) => page.items);
      return jobs.sort((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, limit);
    },
    [...kinds, begun.value],
  );
  const busy = found.data.value?.some((job) => !ended(job)) ?? false;
  useEffect(() => {
    if (!busy) return;
    const clock = setInterval(found.again, EVERY_MS);
    return () => clearInterval(clock);
  }, [busy, found.again]);
  return found;
}
