/** From values to pixels, and the round values that are written at an axis. */

export interface Scale {
  (value: number): number;
  ticks: number[];
}

/** A straight scale from `domain` to `range` with about `n` round ticks inside the domain. */
export function linear(domain: [number, number], range: [number, number], n = 5): Scale {
  const [low, high] = domain;
  const span = high - low || 1;
  const scale = (value: number) => range[0] + ((value - low) / span) * (range[1] - range[0]);
  return Object.assign(scale, { ticks: ticks(low, high, n) });
}

/** Round values between `low` and `high`: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, n: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((round) => round * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
}

/** The lowest and the highest of what is known, with a margin; [0, 1] of nothing. */
export function extent(values: readonly (number | null)[], margin = 0.05): [number, number] {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (!known.length) return [0, 1];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const more = (high - low || Math.abs(high) || 1) * margin;
  return [low - more, high + more];
}

/** A tick as text: as few digits as its neighbours need. */
export function tickText(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return Math.abs(rounded) >= 10000 ? rounded.toLocaleString("en", { notation: "compact" }) : String(rounded);
}
