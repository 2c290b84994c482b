/** Rows of a long list, fetched in pieces as they come into view. */
import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Page } from "./api";

export const PIECE = 60;

type Load<T> = (offset: number, limit: number, abort: AbortSignal) => Promise<Page<T>>;

/** A list of which only some rows are here. */
export class Rows<T> {
  readonly total: Signal<number | undefined> = signal(undefined);
  readonly error: Signal<unknown> = signal(undefined);
  /** Changes whenever rows came. */
  readonly version = signal(0);
  private readonly pieces = new Map<number, T[] | null>();
  private readonly leaving = new AbortController();

  constructor(private readonly load: Load<T>) {}

  /** The row at a place, or undefined while it is not here. */
  at(index: number): T | undefined {
    return this.pieces.get(Math.floor(index / PIECE))?.[index % PIECE];
  }

  /** Fetches what is missing of the rows from `first` up to `last`. */
  need(first: number, last: number): void {
    const end = Math.min(last, (this.total.peek() ?? PIECE) - 1);
    for (let piece = Math.floor(Math.max(0, first) / PIECE); piece * PIECE <= end; piece++) this.fetch(piece);
  }

  /** All rows that are here, in their order. */
  here(): T[] {
    const pieces = [...this.pieces.entries()].sort(([a], [b]) => a - b);
    return pieces.flatMap(([, rows]) => rows ?? []);
  }

  close(): void {
    this.leaving.abort();
  }

  private async fetch(piece: number): Promise<void> {
    if (this.pieces.has(piece)) return;
    this.pieces.set(piece, null);
    try {
      const page = await this.load(piece * PIECE, PIECE, this.leaving.signal);
      this.pieces.set(piece, page.items);
      this.total.value = page.total;
    } catch (error) {
      this.pieces.delete(piece);
      if (!this.leaving.signal.aborted) this.error.value = error;
    }
    this.version.value += 1;
  }
}

/** Rows that begin anew whenever one of `keys` changes. */
export function useRows<T>(load: Load<T>, keys: readonly unknown[]): Rows<T> {
  const rows = useMemo(() => new Rows(load), keys);
  useEffect(() => {
    rows.need(0, PIECE - 1);
    return () => rows.close();
  }, [rows]);
  return rows;
}
