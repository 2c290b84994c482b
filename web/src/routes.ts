/** Where the pages are: one line a page. */
import type { ComponentType } from "preact";
import type { IconName } from "./parts/Icon";
import { word } from "./words";

export interface PageProps {
  /** What the path names: `{ id: "17" }` of `/tracks/17`. */
  params: Record<string, string>;
}

export interface Route {
  path: string;
  title: string;
  load: () => Promise<{ default: ComponentType<PageProps> }>;
  /** Shown in the navigation, in this order. */
  icon?: IconName;
}

export const ROUTES: Route[] = [
  { path: "/", title: word("Library"), icon: "library", load: () => import("./pages/library/index") },
  { path: "/tracks/:id", title: word("Track"), load: () => import("./pages/track/index") },
  { path: "/map", title: word("Map"), icon: "map", load: () => import("./pages/map") },
];
