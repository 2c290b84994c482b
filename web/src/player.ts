/** One sound at a time, whatever page is shown. */
import { batch, computed, signal } from "@preact/signals";
import { address } from "./api";
import { stored } from "./stored";
import { nameOf } from "./track";
import type { Track } from "./types";

/** What the player needs to know of a track. */
export type Playable = Pick<Track, "id" | "path" | "title" | "artist" | "duration_s"> & Partial<Track>;

export const current = signal<Playable | null>(null);
export const playing = signal(false);
export const position = signal(0);
export const queue = signal<Playable[]>([]);
export const failure = signal("");
export const volume = stored("volume", 0.8, (value) => value >= 0 && value <= 1);
export const duration = computed(() => current.value?.duration_s ?? 0);

const sound = new Audio();
sound.preload = "auto";
let decoded = false; // asked for as WAV, because the browser cannot play the file itself
let startAt = 0;

/** Plays a track from `at_s` on; `among` is what "next" and "previous" go through. */
export function play(track: Playable, at_s = 0, among?: Playable[]): void {
  batch(() => {
    if (among) queue.value = among;
    current.value = track;
    failure.value = "";
  });
  load(track, at_s, false);
}

function load(track: Playable, at_s: number, asWav: boolean): void {
  decoded = asWav;
  startAt = at_s;
  position.value = at_s;
  sound.src = address(`/tracks/${track.id}/audio`, { as: asWav ? "wav" : null });
  sound.play().catch(() => undefined); // why it did not play comes as the event `error`
  tellSystem(track);
}

export function toggle(): void {
  if (!current.value) return;
  if (sound.paused) sound.play().catch(() => undefined);
  else sound.pause();
}

export function pause(): void {
  sound.pause();
}

export function seek(to_s: number): void {
  const within = Math.min(Math.max(0, to_s), duration.value || to_s);
  position.value = within;
  if (sound.readyState > 0) sound.currentTime = within;
  else startAt = within;
}

/** Goes `by` tracks on in the queue; says whether there was one. */
export function skip(by: number): boolean {
  const place = queue.value.findIndex((track) => track.id === current.value?.id);
  const next = place < 0 ? undefined : queue.value[place + by];
  if (next) play(next);
  return next !== undefined;
}

export function stop(): void {
  sound.pause();
  sound.removeAttribute("src");
  current.value = null;
}

/** Is this track the one that is heard? */
export function isCurrent(id: number): boolean {
  return current.value?.id === id;
}

function failed(): void {
  const track = current.value;
  if (!track || !sound.getAttribute("src")) return;
  if (!decoded) load(track, heardAt() || position.value, true);
  else failure.value = nameOf(track);
}

function began(): void {
  if (startAt > 0) sound.currentTime = startAt;
  startAt = 0;
}

function tellSystem(track: Playable): void {
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({
    title: nameOf(track),
    artist: track.artist ?? "",
    album: track.album ?? "",
  });
}

function answerKeys(): void {
  if (!("mediaSession" in navigator)) return;
  const keys: [MediaSessionAction, () => void][] = [
    ["play", toggle],
    ["pause", toggle],
    ["nexttrack", () => skip(1)],
    ["previoustrack", () => skip(-1)],
    ["seekbackward", () => seek(position.value - 10)],
    ["seekforward", () => seek(position.value + 10)],
  ];
  for (const [key, act] of keys) navigator.mediaSession.setActionHandler(key, act);
}

let frame = 0;

/** Where it plays, or will once the file is there. */
function heardAt(): number {
  return startAt || sound.currentTime;
}

function follow(): void {
  position.value = heardAt();
  frame = sound.paused ? 0 : requestAnimationFrame(follow);
}

sound.addEventListener("loadedmetadata", began);
sound.addEventListener("error", failed);
sound.addEventListener("ended", () => {
  if (!skip(1)) playing.value = false;
});
sound.addEventListener("play", () => {
  playing.value = true;
  if (!frame) frame = requestAnimationFrame(follow);
});
sound.addEventListener("pause", () => {
  playing.value = false;
});
sound.addEventListener("timeupdate", () => {
  if (!frame) position.value = heardAt();
});
volume.subscribe((share) => {
  sound.volume = share;
});
answerKeys();
