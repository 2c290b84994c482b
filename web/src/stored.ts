/** Signals that this browser remembers. */
import { effect, type Signal, signal } from "@preact/signals";

/** A signal kept under `name`; what is kept and not `allowed` counts as nothing. */
export function stored<T>(name: string, first: T, allowed: (value: T) => boolean = () => true): Signal<T> {
  const kept = signal(read(name, first, allowed));
  effect(() => write(name, kept.value));
  return kept;
}

function read<T>(name: string, first: T, allowed: (value: T) => boolean): T {
  try {
    const value = JSON.parse(localStorage.getItem(`tunelens.${name}`) ?? "null") as T | null;
    return value !== null && allowed(value) ? value : first;
  } catch {
    return first; // no storage here, or nothing that can be read
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(`tunelens.${name}`, JSON.stringify(value));
  } catch {
    // no storage here: it lasts as long as the page
  }
}
