/** The map as the server keeps it: what is on it, where, and its columns of numbers, groups and names. */
import { Amount, Category } from "@map/columns.js";
import type { Theme } from "@map/palette.js";
import { bytes, get } from "../../api";

export interface Listed {
  name: string;
  label: string;
  kind: "number" | "group";
}

export interface Kept {
  computed: true;
  n: number;
  n_tracks: number;
  projection: string;
  features: string[];
  trust: number | null;
  stale: boolean;
  n_joined: number;
  n_gone: number;
  made_at: string;
  stamp: string;
  box: number[];
  colour: string;
  columns: Listed[];
  axes: string[];
  reading: string[];
  palette: Record<"light" | "dark", Theme>;
  projections: string[];
  sets: string[];
}

export type Described = Kept | { computed: false; n_tracks: number; projections: string[]; sets: string[] };

interface Header {
  name: string;
  label: string;
  kind: "number" | "group" | "text";
  dtype: "f4" | "u2" | "json";
  n: number;
  labels?: string[];
  shown?: number;
}

const MAGIC = 0x504d4c54; // "TLMP", the first byte lowest

/** Where songs lie, and which they are. */
export class Points {
  readonly n: number;
  readonly ids: Int32Array;
  readonly places: Float32Array;
  readonly near = null;
  readonly k = 0;
  titles: string[];
  artists: string[];
  private rows: Map<number, number> | undefined;

  constructor(buffer: ArrayBuffer) {
    const [magic, , n = 0] = new Uint32Array(buffer, 0, 4);
    if (magic !== MAGIC) throw new Error("not the points of a map");
    this.n = n;
    this.ids = new Int32Array(buffer, 16, n);
    this.places = new Float32Array(buffer, 16 + 4 * n, 2 * n);
    this.titles = this.artists = new Array<string>(n).fill("");
  }

  x(i: number): number {
    return this.places[2 * i] ?? 0;
  }

  y(i: number): number {
    return this.places[2 * i + 1] ?? 0;
  }

  id(i: number): number {
    return this.ids[i] ?? -1;
  }

  name(i: number): string {
    const title = this.titles[i] ?? "";
    return this.artists[i] ? `${this.artists[i]} – ${title}` : title;
  }

  /** The row of a track, or -1. */
  row(id: number): number {
    this.rows ??= new Map(Array.from(this.ids, (one, i) => [one, i]));
    return this.rows.get(id) ?? -1;
  }
}

export function describe(lang: string, abort: AbortSignal): Promise<Described> {
  return get<Described>("/map", { lang }, abort);
}

export async function loadPoints(abort: AbortSignal): Promise<Points> {
  return new Points(await bytes("/map/points", {}, abort));
}

/** Gives points their titles and artists, which come after they are seen. */
export async function nameAll(points: Points, abort: AbortSignal): Promise<void> {
  const [titles, artists] = await Promise.all(["title", "artist"].map((name) => column(name, "en", abort)));
  points.titles = titles?.data as string[];
  points.artists = artists?.data as string[];
}

/** One column as the map colours by it. */
export async function colouring(name: string, lang: string, abort: AbortSignal): Promise<Category | Amount> {
  const { header, data } = await column(name, lang, abort);
  const sections = { n: header.n, column: (asked: string) => (asked === "labels" ? header.labels : data) };
  const about = { ...header, section: "data", labels: "labels" };
  return header.kind === "number" ? new Amount(about, sections) : new Category(about, sections);
}

async function column(
  name: string,
  lang: string,
  abort: AbortSignal,
): Promise<{ header: Header; data: unknown }> {
  const buffer = await bytes(`/map/columns/${encodeURIComponent(name)}`, { lang }, abort);
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(text(buffer, 4, length)) as Header;
  return { header, data: values(buffer, 4 + length, header) };
}

function values(buffer: ArrayBuffer, from: number, header: Header): unknown {
  if (header.dtype === "f4") return new Float32Array(buffer, from, header.n);
  if (header.dtype === "u2") return new Uint16Array(buffer, from, header.n);
  return JSON.parse(text(buffer, from, buffer.byteLength - from));
}

function text(buffer: ArrayBuffer, from: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(buffer, from, length));
}
