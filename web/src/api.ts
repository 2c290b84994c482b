/** Asks the server; every answer is its `result`, every refusal a `Problem`. */
import { signal } from "@preact/signals";
import { say } from "./words";

export const API = "/api/v1";

/** True while the server wants a token that this browser has not shown. */
export const locked = signal(false);

export type Value = string | number | boolean | null | undefined;
export type Params = Record<string, Value | readonly Value[]>;

export interface Page<T> {
  items: T[];
  total: number;
  limit: number;
  offset: number;
}

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface JobProgress {
  what: string;
  total: number | null;
  done: number;
  failed: number;
  item: string;
  eta_s: number | null;
  /** Where a job of several stages is: `3/8 describe`. */
  stage?: string;
  /** The loss of a net so far: round, of training rows, of rows held out. */
  curve?: [number, number, number | null][];
}

export interface JobFile {
  name: string;
  size_bytes: number;
  media_type: string;
}

export interface Told {
  code: string;
  message: string;
  hint: string | null;
  query?: string;
  position?: number;
}

export interface Job<R = Record<string, unknown>> {
  id: string;
  kind: string;
  request: Record<string, unknown>;
  state: JobState;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  progress: JobProgress | null;
  result: R | null;
  error: Told | null;
  files: JobFile[];
  attempts: number;
}

/** A refusal, in the words of the command line. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly told: Told,
  ) {
    super(told.message);
    this.name = "Problem";
  }
  get code(): string {
    return this.told.code;
  }
  get hint(): string | null {
    return this.told.hint;
  }
  /** Which character of a query is wrong, from 0. */
  get position(): number | undefined {
    return this.told.position;
  }
}

/** The address of a path of the API; values that are null, undefined or "" are left out. */
export function address(path: string, params: Params = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") asked.append(name, String(one));
    }
  }
  const text = asked.toString();
  return `${API}${path}${text ? `?${text}` : ""}`;
}

export function get<T>(path: string, params?: Params, abort?: AbortSignal): Promise<T> {
  return ask<T>("GET", address(path, params), undefined, abort);
}

export function post<T>(path: string, body: unknown = {}, abort?: AbortSignal): Promise<T> {
  return ask<T>("POST", address(path), body, abort);
}

export function remove<T>(path: string, params?: Params): Promise<T> {
  return ask<T>("DELETE", address(path, params));
}

/** The bytes of an answer, for what is no JSON (points of a map). */
export async function bytes(path: string, params?: Params, abort?: AbortSignal): Promise<ArrayBuffer> {
  const response = await send("GET", address(path, params), undefined, abort);
  return response.arrayBuffer();
}

async function ask<T>(method: string, url: string, body?: unknown, abort?: AbortSignal): Promise<T> {
  const response = await send(method, url, body, abort);
  if (response.status === 204) return undefined as T;
  const answer = await response.json();
  return answer.result as T;
}

async function send(method: string, url: string, body?: unknown, abort?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const isForm = body instanceof FormData; // its own boundary is in its type, which the browser writes
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  const request: RequestInit = { method, headers };
  if (body !== undefined) request.body = isForm ? body : JSON.stringify(body);
  if (abort) request.signal = abort;
  let response: Response;
  try {
    response = await fetch(url, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw offline();
  }
  if (!response.ok) throw await refusal(response.status, await response.text());
  return response;
}

function offline(): Problem {
  return new Problem(0, { code: "offline", message: say("The server does not answer"), hint: null });
}

async function refusal(status: number, text: string): Promise<Problem> {
  if (status === 401) locked.value = true;
  try {
    const told = JSON.parse(text).error as Told;
    if (told?.message) return new Problem(status, told);
  } catch {
    // not a problem of ours: a proxy in between, say
  }
  return new Problem(status, { code: "http", message: `${status} ${text.slice(0, 200)}`, hint: null });
}

export interface Upload {
  id: string;
  name: string;
  size_bytes: number;
  sha256: string;
}

/** Sends a file; `onPart` hears the share that is sent, 0 to 1. A sound is decoded once, a table is taken as it is. */
export function upload(
  file: File,
  onPart: (share: number) => void = () => {},
  kind: "sound" | "table" = "sound",
): Promise<Upload> {
  const form = new FormData();
  form.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", address("/uploads", { kind }));
  request.upload.onprogress = (event) => onPart(event.loaded / Math.max(1, event.total));
  return new Promise((resolve, reject) => {
    request.onload = async () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText).result as Upload);
      else reject(await refusal(request.status, request.responseText));
    };
    request.onerror = () => reject(offline());
    request.send(form);
  });
}

const ENDED: readonly JobState[] = ["done", "failed", "cancelled"];

export function ended(job: Pick<Job, "state">): boolean {
  return ENDED.includes(job.state);
}

/** Tells of every change of a job until it ended; the answer stops watching. */
export function watchJob<R>(id: string, onEvent: (job: Job<R>) => void): () => void {
  const source = new EventSource(address(`/jobs/${id}/events`));
  const heard = (event: Event) => {
    const job = JSON.parse((event as MessageEvent<string>).data) as Job<R>;
    if (ended(job)) source.close();
    onEvent(job);
  };
  for (const name of ["progress", "state", "done"]) source.addEventListener(name, heard);
  return () => source.close();
}

/** Starts a job and waits for its end; a failed one throws its `Problem`. */
export async function runJob<R>(
  kind: string,
  body: unknown,
  onEvent: (job: Job<R>) => void = () => {},
  abort?: AbortSignal,
): Promise<Job<R>> {
  const started = await post<Job<R>>(`/jobs/${kind}`, body);
  onEvent(started);
  const job = await untilEnd(started.id, onEvent, abort);
  if (job.state === "failed" && job.error) throw new Problem(500, job.error);
  return job;
}

function untilEnd<R>(id: string, onEvent: (job: Job<R>) => void, abort?: AbortSignal): Promise<Job<R>> {
  return new Promise((resolve, reject) => {
    const stop = watchJob<R>(id, (job) => {
      onEvent(job);
      if (ended(job)) resolve(job);
    });
    abort?.addEventListener("abort", () => {
      stop();
      reject(new DOMException("left", "AbortError"));
    });
  });
}

export function cancelJob(id: string): Promise<unknown> {
  return remove(`/jobs/${id}`);
}

export function jobFile(id: string, name: string): string {
  return address(`/jobs/${id}/files/${encodeURIComponent(name)}`);
}
