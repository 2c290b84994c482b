// Colours of the theme that the reader's system has now.

export const DARK = window.matchMedia("(prefers-color-scheme: dark)");
export const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");

function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

export function paletteOf(about, isDark = DARK.matches) {
  const theme = isDark ? about.palette.dark : about.palette.light;
  return {
    colours: theme.colours.map(rgb),
    ramp: theme.ramp.map(rgb),
    grey: rgb(theme.grey),
    page: rgb(theme.page),
    ink: theme.ink,
    accent: theme.accent,
  };
}

export function css(colour) {
  return `rgb(${colour.join(" ")})`;
}

const SVG = "http://www.w3.org/2000/svg";
export const OUTLINES = [
  "M6 1a5 5 0 1 0 .001 0Z",
  "M1.5 1.5h9v9h-9Z",
  "M6 1 11.2 10.5H.8Z",
  "M6 .5 11.5 6 6 11.5.5 6Z",
];

// Draw the mark of a class as points of it look on the map.
export function swatch(look) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", OUTLINES[look.shape]);
  path.setAttribute("fill", css(look.colour));
  svg.append(path);
  return svg;
}
