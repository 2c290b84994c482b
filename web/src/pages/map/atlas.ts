/** The map that is seen, as signals that the page reads. */
import type { Amount, Category } from "@map/columns.js";
import { SongMap } from "@map/map.js";
import { type Palette, paletteOf } from "@map/palette.js";
import { speak } from "@map/words.js";
import { batch, effect, type Signal, signal, untracked } from "@preact/signals";
import { get } from "../../api";
import { hoverPlays } from "../../habits";
import { type Playable, pause, play } from "../../player";
import { colour, dark } from "../../theme";
import type { Track } from "../../types";
import { language, say } from "../../words";
import { colouring, type Kept, nameAll, type Points } from "./load";

const DWELL_MS = 350;
/** Where a song is heard that is pointed at: its beginning is seldom what it is about. */
const HEARD_FROM = 0.3;

export class Atlas {
  readonly map: SongMap;
  readonly chosen = signal(-1);
  readonly roped = signal<readonly number[]>([]);
  readonly lassoing = signal(false);
  readonly column: Signal<Category | Amount | null> = signal(null);
  /** Grows when the legend must be looked at anew. */
  readonly looks = signal(0);
  /** Grows when titles have come. */
  readonly named = signal(0);
  private found: Uint8Array | null = null;
  private dwelling = 0;
  private heard = -1;
  private readonly leaving = new AbortController();
  private readonly stop: () => void;

  constructor(
    surface: { box: HTMLElement; points: HTMLCanvasElement; over: HTMLCanvasElement },
    readonly points: Points,
    readonly kept: Kept,
  ) {
    this.map = new SongMap(surface, points, { frame: kept.box, palette: this.palette() });
    this.map.on("chosen", (i, isPlayed) => this.choose(i, isPlayed));
    this.map.on("hovered", (i) => this.hover(i));
    this.map.on("roped", (rows) => this.rope(rows));
    this.map.on("lassoing", (isOn) => {
      this.lassoing.value = isOn;
    });
    for (const name of ["coloured", "toggled", "theme"] as const) this.map.on(name, () => this.looks.value++);
    this.stop = effect(() => {
      void dark.value;
      untracked(() => this.map.paletteIs(this.palette()));
    });
    nameAll(points, this.leaving.signal).then(
      () => {
        this.named.value++;
        this.map.redraw();
      },
      () => undefined, // the map is of use without names; what is chosen is asked for by itself
    );
  }

  leave(): void {
    clearTimeout(this.dwelling);
    this.stop();
    this.leaving.abort();
    this.map.leave();
  }

  /** Colours of the page for what lies beside the songs, and those of the map for the songs. */
  private palette(): Palette {
    const found = paletteOf(this.kept, dark.value);
    return { ...found, page: rgb(colour("card")), ink: colour("ink"), accent: colour("accent") };
  }

  async colourBy(name: string): Promise<void> {
    speak({ unknown: say("unknown"), others: say("{n} others") }, language.value);
    const column = await colouring(name, language.value, this.leaving.signal);
    this.column.value = column;
    this.map.colourBy(column);
  }

  // -- what stands out

  /** Lets the tracks that a query finds stand out; null lets all be alike. */
  find(ids: readonly number[] | null): number {
    this.found = ids && this.mask(ids.map((id) => this.points.row(id)).filter((row) => row >= 0));
    this.stress();
    return this.found?.reduce((sum, one) => sum + one, 0) ?? 0;
  }

  rope(rows: readonly number[]): void {
    this.roped.value = [...rows];
    this.stress();
  }

  private stress(): void {
    this.map.stress(this.roped.value.length ? this.mask(this.roped.value) : this.found);
  }

  private mask(rows: readonly number[]): Uint8Array {
    const mask = new Uint8Array(this.points.n);
    for (const row of rows) mask[row] = 1;
    return mask;
  }

  // -- what is heard

  private choose(i: number, isPlayed: boolean): void {
    clearTimeout(this.dwelling);
    batch(() => {
      this.chosen.value = i;
    });
    if (i >= 0 && isPlayed && this.heard !== i) this.hear(i, 0);
    this.heard = -1; // what was only pointed at goes on when it is chosen
  }

  private hover(i: number): void {
    clearTimeout(this.dwelling);
    if (this.heard >= 0 && i !== this.heard) {
      pause();
      this.heard = -1;
    }
    if (i < 0 || !hoverPlays.value) return;
    this.dwelling = window.setTimeout(() => {
      this.heard = i;
      this.hear(i, HEARD_FROM, () => this.heard === i);
    }, DWELL_MS);
  }

  private async hear(i: number, share: number, isWanted = () => true): Promise<void> {
    const track = await trackOf(this.points.id(i), this.leaving.signal).catch(() => null);
    if (track && isWanted()) play(track, share * (track.duration_s ?? 0));
  }
}

/** Red, green and blue of `#abc` or `#aabbcc`. */
function rgb(hex: string): number[] {
  const whole = hex.length === 4 ? hex.replace(/[^#]/g, "$&$&") : hex;
  return [1, 3, 5].map((at) => Number.parseInt(whole.slice(at, at + 2), 16));
}

/** What is known of a track, as the library shows it. */
export async function trackOf(id: number, abort: AbortSignal): Promise<Track & Playable> {
  const found = await get<{ items: Track[] }>("/tracks", { query: `id:${id}`, limit: 1 }, abort);
  const track = found.items[0];
  if (!track) throw new Error(say("This track is not in the library any more"));
  return track;
}
