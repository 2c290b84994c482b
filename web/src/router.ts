/** Which page is shown. */
import { computed, signal } from "@preact/signals";
import { ROUTES, type Route } from "./routes";

interface Place {
  path: string;
  search: string;
}

const place = signal<Place>(here());

function here(): Place {
  return { path: location.pathname, search: location.search };
}

export const path = computed(() => place.value.path);
/** What stands after `?`, as a page last wrote it with `go` or `remember`. */
export const search = computed(() => new URLSearchParams(place.value.search));

export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** The route of a path and what it names, or null. */
export function match(asked: string, routes: Route[] = ROUTES): Match | null {
  for (const route of routes) {
    const params = fit(route.path.split("/"), asked.split("/"));
    if (params) return { route, params };
  }
  return null;
}

/** What a part of a path may be by its name; nothing else is asked of the server. */
const SHAPES: Record<string, RegExp> = { id: /^\d{1,15}$/, job: /^[0-9a-f]{32}$/ };

function fit(pattern: string[], parts: string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? "";
    const name = wanted.startsWith(":") ? wanted.slice(1) : "";
    if (name && (SHAPES[name] ?? /./).test(part)) params[name] = decoded(part);
    else if (wanted !== part) return null;
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Goes to a page. */
export function go(to: string): void {
  history.pushState(null, "", to);
  place.value = here();
  window.scrollTo(0, 0);
}

/** Writes `?name=value` into the address without a new entry in the history; "" takes it away. */
export function remember(values: Record<string, string>): void {
  const next = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) value ? next.set(name, value) : next.delete(name);
  const text = next.toString();
  history.replaceState(null, "", `${location.pathname}${text ? `?${text}` : ""}`);
  place.value = here();
}

function followed(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.("a");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
  if (link.origin !== location.origin || !match(link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

/** Follows links within the page, and the buttons of the browser. */
export function follow(): void {
  document.addEventListener("click", followed);
  window.addEventListener("popstate", () => {
    place.value = here();
  });
}
