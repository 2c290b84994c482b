/** Pictograms on a grid of 24, drawn with the colour of the text. */
const PATHS = {
  library: "M4 5v14M9 5v14M13.5 5.6l5 13.2",
  map: "M5 17a1 1 0 1 0 0-.01M10 8a1 1 0 1 0 0-.01M15 14a1 1 0 1 0 0-.01M19 6a1 1 0 1 0 0-.01M12 19a1 1 0 1 0 0-.01M5 6a1 1 0 1 0 0-.01",
  playlists: "M4 6h12M4 11h12M4 16h7M17 12.5v7M17 12.5l3.5 1.5M15 19.5a2 1.7 0 1 0 2-1.6",
  duplicates: "M9 9h11v11H9zM5 15H4V4h11v1",
  labels: "M4 4h7l9 9-7 7-9-9zM8 8h.01",
  studio: "M5 4v16M5 9h.01M12 4v16M19 4v16M3 14h4M10 8h4M17 16h4",
  hits: "M4 19h16M6 15l4-5 4 3 5-8M19 5v4M19 5h-4",
  live: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8 5v14M16 5v14",
  stop: "M7 7h10v10H7z",
  next: "M6 6v12l9-6zM18 6v12",
  previous: "M18 6v12l-9-6zM6 6v12",
  volume: "M4 10v4h3l5 4V6l-5 4zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  left: "M15 6l-6 6 6 6",
  right: "M9 6l6 6-6 6",
  heart: "M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.3 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z",
  dislike: "M7 4v9M7 13l4 7c1.5 0 2.3-1 2-2.5L12.3 14H18a2 2 0 0 0 2-2.3l-1-6A2 2 0 0 0 17 4H7z",
  star: "M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5L12 16.3 7 19l1.1-5.5L4 9.7 9.6 9z",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  upload: "M12 16V5M7 9l5-5 5 5M5 20h14",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17.3h.01",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8h.01",
  columns: "M4 5h16v14H4zM10 5v14M15 5v14",
  filter: "M4 6h16M7 12h10M10 18h4",
  spark: "M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8zM18.5 16v4M16.5 18h4",
  near: "M7 12a2 2 0 1 0 0-.01M17 7a2 2 0 1 0 0-.01M17 17a2 2 0 1 0 0-.01M8.8 11l6.4-3M8.8 13l6.4 3",
  edit: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  undo: "M9 7L4.5 11.5 9 16M5 11.5h9a5 5 0 0 1 0 10h-2",
  refresh: "M19 8a8 8 0 1 0 1 5M20 4v4.5h-4.5",
  lasso:
    "M12 4.5c4.7 0 8.3 2.3 8.3 5.4s-3.6 5.4-8.3 5.4-8.3-2.3-8.3-5.4 3.6-5.4 8.3-5.4zM7 14.3c-1.6 2.3-.6 4.3 2 5.7",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1 1M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  globe:
    "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  folder: "M3.5 6h6l2 2.5h9V19h-17z",
  external: "M14 5h5v5M19 5l-8 8M17 13v6H5V7h6",
} as const;

export type IconName = keyof typeof PATHS;

const FILLED: readonly IconName[] = ["play", "next", "previous", "stop"];

interface IconProps {
  name: IconName;
  size?: number;
  filled?: boolean;
}

/** A picture that says nothing by itself: what it stands for is said by text or `aria-label` beside it. */
export function Icon({ name, size = 20, filled = FILLED.includes(name) }: IconProps) {
  const dots = name === "map" || name === "more";
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill={filled ? "currentColor" : "none"}
        stroke="currentColor"
        stroke-width={dots ? 2.6 : 1.8}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
