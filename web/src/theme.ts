/** Light, dark, or as the system has it. */
import { computed, effect, signal } from "@preact/signals";
import { stored } from "./stored";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const theme = stored<Theme>("theme", "system", (value) => THEMES.includes(value));

const prefers = window.matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(prefers.matches);
prefers.addEventListener("change", (event) => {
  systemIsDark.value = event.matches;
});

export const dark = computed(() => (theme.value === "system" ? systemIsDark.value : theme.value === "dark"));

effect(() => {
  document.documentElement.dataset.theme = dark.value ? "dark" : "light";
});

/** A colour of the style sheet, for what is drawn on a canvas; read `dark.value` where it is used. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Does who looks want things to hold still? */
export function still(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
