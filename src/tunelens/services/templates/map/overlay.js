// What lies over the points: names of groups, titles when few are in sight, rings, links, the lasso.

import { css } from "./palette.js";

const MOST_SEEN = 240;
const MOST_TITLED = 60;
const MOST_NAMED = 14;

export class Overlay {
  constructor(canvas, songs) {
    this.canvas = canvas;
    this.songs = songs;
    this.context = canvas.getContext("2d");
  }

  resize(width, height, ratio) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.ratio = ratio;
  }

  draw(map) {
    const { context } = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, map.view.width, map.view.height);
    this.taken = [];
    this.halo = css(map.palette.page);
    this.links(map);
    this.rings(map);
    this.lasso(map);
    this.marked(map);
    this.names(map);
    this.titles(map);
  }

  links(map) {
    const { context } = this;
    if (map.chosen < 0) return;
    const [x, y] = map.at(map.chosen);
    context.strokeStyle = map.palette.accent;
    context.globalAlpha = 0.55;
    context.lineWidth = 1.25;
    context.beginPath();
    for (const i of map.kin) {
      context.moveTo(x, y);
      context.lineTo(...map.at(i));
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  rings(map) {
    for (const i of map.kin) this.ring(map, i, 2, map.palette.accent, 1.5);
    if (map.chosen >= 0) this.ring(map, map.chosen, 5, map.palette.accent, 3);
    if (map.hovered >= 0) this.ring(map, map.hovered, 4, map.palette.ink, 2);
  }

  ring(map, i, more, colour, width) {
    const { context } = this;
    context.beginPath();
    context.arc(...map.at(i), map.size / 2 + more, 0, 2 * Math.PI);
    context.lineWidth = width + 2;
    context.strokeStyle = this.halo;
    context.stroke();
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }

  lasso(map) {
    const { context } = this;
    if (map.rope.length < 2) return;
    context.beginPath();
    map.rope.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.fillStyle = context.strokeStyle = map.palette.accent;
    context.globalAlpha = 0.14;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.stroke();
    context.setLineDash([]);
  }

  marked(map) {
    if (map.hovered >= 0) this.title(map, map.hovered, true);
    if (map.chosen >= 0) this.title(map, map.chosen, true);
  }

  // Write titles beside their points where few are in sight; always the same ones, so that none flickers.
  titles(map) {
    const seen = [];
    if (map.songs.n / map.view.zoom ** 2 > 5 * MOST_SEEN) return;
    map.grid.each(map.view.frame, (i) => {
      if (seen.length <= MOST_SEEN && map.isShown(i) && this.isInside(map, map.at(i))) seen.push(i);
    });
    if (seen.length > MOST_SEEN) return;
    for (const i of seen.sort((a, b) => a - b).slice(0, MOST_TITLED)) this.title(map, i, false);
  }

  isInside(map, [x, y]) {
    return x >= 0 && y >= 0 && x <= map.view.width && y <= map.view.height;
  }

  title(map, i, isMarked) {
    const text = cut(isMarked ? map.songs.name(i) : map.songs.titles[i], isMarked ? 60 : 28);
    const [x, y] = map.at(i);
    const style = isMarked ? "600 13px" : "12px";
    this.write(map, text, x + map.size / 2 + 6, y, style, "start", isMarked);
  }

  names(map) {
    for (const one of map.groups.slice(0, MOST_NAMED)) {
      if (map.hidden.has(one.at)) continue;
      const [x, y] = map.view.screen(one.x, one.y);
      this.write(map, cut(one.text, 32), x, y, "650 14px", "center", false);
    }
  }

  // Write a text with a halo unless another stands there already; of a marked one nothing is left out.
  write(map, text, x, y, style, align, isMarked) {
    const { context } = this;
    context.font = `${style} ${map.font}`;
    const width = context.measureText(text).width;
    if (align === "start" && x + width > map.view.width - 4) x = Math.max(4, x - width - map.size - 12);
    const left = align === "center" ? x - width / 2 : x;
    const box = [left - 4, y - 10, left + width + 4, y + 10];
    if (!isMarked && this.taken.some((other) => touch(box, other))) return;
    this.taken.push(box);
    context.textAlign = align;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = this.halo;
    context.strokeText(text, x, y);
    context.fillStyle = map.palette.ink;
    context.fillText(text, x, y);
  }
}

function touch(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

function cut(text, most) {
  const chars = Array.from(text.slice(0, 4 * most));
  return chars.length > most ? `${chars.slice(0, most - 1).join("")}…` : text;
}
