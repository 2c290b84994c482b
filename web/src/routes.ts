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
  {
    path: "/playlists",
    title: word("Playlists"),
    icon: "playlists",
    load: () => import("./pages/playlists"),
  },
  { path: "/playlists/:name", title: word("Playlist"), load: () => import("./pages/playlists/one") },
  {
    path: "/duplicates",
    title: word("Duplicates"),
    icon: "duplicates",
    load: () => import("./pages/duplicates"),
  },
  { path: "/labels", title: word("Labels"), icon: "labels", load: () => import("./pages/labels") },
  { path: "/studio", title: word("Training studio"), icon: "studio", load: () => import("./pages/studio") },
  { path: "/studio/:job", title: word("Training studio"), load: () => import("./pages/studio/run") },
  { path: "/hits", title: word("Hits"), icon: "hits", load: () => import("./pages/hits") },
  { path: "/hits/:job", title: word("Hits"), load: () => import("./pages/hits/report") },
  { path: "/live", title: word("Live"), icon: "live", load: () => import("./pages/live") },
  { path: "/settings", title: word("Settings"), icon: "settings", load: () => import("./pages/settings") },
];
