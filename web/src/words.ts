/** Words in the language of who reads: English is the key, `languages/<code>/*.json` have the others. */
import { signal } from "@preact/signals";
import { stored } from "./stored";

export const LANGUAGES = { en: "English", zh: "中文" } as const;
export type Language = keyof typeof LANGUAGES;

export const language = stored<Language>("language", firstLanguage(), (value) => value in LANGUAGES);

const chinese = import.meta.glob<Record<string, string>>("./languages/zh/*.json", { import: "default" });
const words = signal<Record<string, string>>({});
const names = signal<Record<string, string>>({});

/** The text in the language of now, with `values` in the places that it names. */
export function say(text: string, values: Record<string, string | number> = {}): string {
  const said = (language.value === "zh" && words.value[text]) || text;
  return said.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/**
 * What a tag, a class or a vocabulary of the shipped models is called. Any other is its own name: who gave it chose
 * it. What is asked of the server is always the name itself.
 */
export function named(name: string): string {
  if (language.value !== "zh") return name;
  const known = names.value[name] ?? names.value[name.toLowerCase()];
  return known ?? name.replace(/(?<=^[A-G][#b]? )(major|minor)$/, (mode) => names.value[mode] ?? mode);
}

/** Some of those, as a list within a sentence. */
export function namedAll(many: readonly string[]): string {
  return many.map(named).join(say(", "));
}

/** The text itself: it is written here and said elsewhere, and its translation must not be forgotten. */
export function word(text: string): string {
  return text;
}

/** Speaks another language from now on, and in the next visit. */
export async function speak(code: Language): Promise<void> {
  if (code === "zh") {
    const files = await Promise.all(Object.values(chinese).map((load) => load()));
    words.value = Object.assign({}, ...files);
    names.value = (await import("./languages/names/zh.json")).default;
  }
  language.value = code;
  document.documentElement.lang = code === "zh" ? "zh-CN" : "en";
}

/** A number as the language writes it. */
export function number(value: number, digits = 0): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const written = value.toLocaleString(language.value === "zh" ? "zh-CN" : "en", options);
  return written.replace("-", "−");
}

/** A share of one as percent. */
export function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

/** Seconds as `3:07`, from an hour on as `1:02:07`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A day and time of the server, ISO 8601, as people write it. */
export function when(iso: string): string {
  const code = language.value === "zh" ? "zh-CN" : "en";
  return new Date(iso).toLocaleString(code, { dateStyle: "medium", timeStyle: "short" });
}

function firstLanguage(): Language {
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
