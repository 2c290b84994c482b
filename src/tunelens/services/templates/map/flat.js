// Points where there is no WebGL: pixels written one by one into a picture.

import { DIM, NORMAL, STRONG } from "./gl.js";

export class FlatPainter {
  constructor(canvas, songs) {
    Object.assign(this, { canvas, songs, kind: "2d" });
    this.context = canvas.getContext("2d", { alpha: false });
  }

  dress(colours, marks) {
    this.colours = new Uint32Array(colours.buffer);
    this.marks = marks;
  }

  resize(width, height) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.picture = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.picture.data.buffer);
  }

  draw(view, { size, page, ratio, n }) {
    const ground = 0xff000000 | (page[2] << 16) | (page[1] << 8) | page[0];
    this.pixels.fill(ground);
    this.layer(view, n, (emphasis) => emphasis === DIM, size * ratio, ratio, ground);
    this.layer(view, n, (emphasis) => emphasis >= NORMAL, size * ratio, ratio, null);
    this.context.putImageData(this.picture, 0, 0);
  }

  layer(view, n, admits, size, ratio, ground) {
    const { songs, marks } = this;
    const [scale, middleX, middleY] = [view.scale * ratio, this.canvas.width / 2, this.canvas.height / 2];
    for (let i = 0; i < n; i++) {
      const emphasis = marks[4 * i + 1];
      if (!admits(emphasis)) continue;
      const x = (songs.x(i) - view.x) * scale + middleX;
      const y = middleY - (songs.y(i) - view.y) * scale;
      const colour = this.colours[i] | 0xff000000;
      this.disc(x, y, (emphasis === STRONG ? 0.75 : 0.5) * size, ground === null ? colour : faint(colour, ground));
    }
  }

  disc(x, y, radius, colour) {
    const { width, height } = this.canvas;
    const [top, bottom] = [Math.max(0, Math.round(y - radius)), Math.min(height - 1, Math.round(y + radius))];
    for (let row = top; row <= bottom; row++) {
      const half = Math.sqrt(Math.max(0.25, radius * radius - (row - y) * (row - y)));
      const left = Math.max(0, Math.round(x - half));
      const right = Math.min(width - 1, Math.round(x + half));
      if (left <= right) this.pixels.fill(colour, row * width + left, row * width + right + 1);
    }
  }
}

function faint(colour, ground) {
  let mixed = 0xff000000;
  for (const shift of [0, 8, 16]) {
    const value = 0.2 * ((colour >>> shift) & 255) + 0.8 * ((ground >>> shift) & 255);
    mixed |= Math.round(value) << shift;
  }
  return mixed;
}
