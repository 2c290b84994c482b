// Which songs lie in a polygon, by the even-odd rule; what is done with them: a list, M3U8, CSV.

import { make } from "./words.js";

function bounds(rope) {
  const [xs, ys] = [rope.map(([x]) => x), rope.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function isWithin(rope, x, y) {
  let odd = false;
  for (let a = 0, b = rope.length - 1; a < rope.length; b = a++) {
    const [[ax, ay], [bx, by]] = [rope[a], rope[b]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

export function inside(grid, rope, admits) {
  const found = [];
  grid.each(bounds(rope), (i) => {
    if (admits(i) && isWithin(rope, grid.songs.x(i), grid.songs.y(i))) found.push(i);
  });
  return found;
}

// Return the path that a URL of a file stands for, or the URL where it stands for none.
export function pathOf(url) {
  const whole = new URL(url, document.baseURI);
  if (whole.protocol !== "file:") return whole.href;
  try {
    const path = decodeURIComponent(whole.pathname);
    if (/[\u0000-\u001f]/.test(path)) return whole.href;
    return /^\/[A-Za-z]:\//.test(path) ? path.slice(1).replaceAll("/", "\\") : path;
  } catch {
    return whole.href; // a name that is not UTF-8 has no other writing
  }
}

export function asM3u(songs, rows) {
  const lines = ["#EXTM3U"];
  for (const i of rows) {
    if (!songs.urls[i]) continue;
    lines.push(`#EXTINF:-1,${songs.artists[i] ? `${songs.artists[i]} - ` : ""}${songs.titles[i]}`, pathOf(songs.urls[i]));
  }
  return `${lines.join("\n")}\n`;
}

// Quote a cell; a text that a spreadsheet would run as a formula gets an apostrophe before it.
function cell(text) {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const safe = !isNumber && /^[=+\-@＝＋－＠\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function asCsv(songs, columns, rows) {
  const heads = ["id", "title", "artist", "path", ...columns.map((column) => column.name)];
  const lines = [heads.map(cell).join(",")];
  for (const i of rows) {
    const path = songs.urls[i] ? pathOf(songs.urls[i]) : "";
    const values = columns.map((column) => plainValue(column, i));
    lines.push([songs.ids[i], songs.titles[i], songs.artists[i], path, ...values].map(cell).join(","));
  }
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

// Numbers go out with a decimal point, whatever the language.
function plainValue(column, i) {
  if (!column.isAmount) return column.text(i);
  const value = column.value(i);
  return Number.isNaN(value) ? "" : String(Number(value.toFixed(column.digits)));
}

export function saveAs(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
