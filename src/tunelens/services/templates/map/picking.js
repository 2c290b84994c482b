// Which song is under the pointer: a grid of cells that know their songs, looked at cell by cell.

export class Grid {
  constructor(songs) {
    this.songs = songs;
    this.side = Math.max(1, Math.min(1024, Math.round(Math.sqrt(songs.n / 2))));
    this.starts = new Uint32Array(this.side * this.side + 1);
    this.members = new Uint32Array(songs.n);
    this.fill();
  }

  // Sort songs by cell, by counting.
  fill() {
    const { songs, starts, members } = this;
    const cells = new Uint32Array(songs.n);
    for (let i = 0; i < songs.n; i++) {
      cells[i] = this.cell(songs.x(i)) + this.side * this.cell(songs.y(i));
      starts[cells[i] + 1]++;
    }
    for (let c = 0; c < this.side * this.side; c++) starts[c + 1] += starts[c];
    const next = starts.slice();
    for (let i = 0; i < songs.n; i++) members[next[cells[i]]++] = i;
  }

  cell(value) {
    return Math.min(this.side - 1, Math.max(0, Math.floor(value * this.side)));
  }

  // Call `visit` with every song in the cells that a box of the map touches.
  each([left, bottom, right, top], visit) {
    const [x0, x1] = [this.cell(left), this.cell(right)];
    for (let row = this.cell(bottom); row <= this.cell(top); row++) {
      const end = this.starts[row * this.side + x1 + 1];
      for (let at = this.starts[row * this.side + x0]; at < end; at++) visit(this.members[at]);
    }
  }

  // Return the nearest admitted song within a radius of a place, or -1. Of equals the last drawn is on top.
  nearest(x, y, radius, admits) {
    let best = -1;
    let least = radius * radius;
    this.each([x - radius, y - radius, x + radius, y + radius], (i) => {
      const d = (this.songs.x(i) - x) ** 2 + (this.songs.y(i) - y) ** 2;
      if ((d < least || (d === least && i > best)) && admits(i)) [best, least] = [i, d];
    });
    return best;
  }

  // Return the nearest admitted song within 45 degrees of a direction (right, up), or -1.
  // What lies aside counts as farther away; a box that is large enough holds all that could be nearer.
  toward(from, dx, dy, admits) {
    const [x, y] = [this.songs.x(from), this.songs.y(from)];
    for (let radius = 1 / this.side; ; radius *= 2) {
      let [best, least] = [-1, Infinity];
      this.each([x - radius, y - radius, x + radius, y + radius], (i) => {
        const [right, up] = [this.songs.x(i) - x, this.songs.y(i) - y];
        const [along, aside] = [right * dx + up * dy, Math.abs(right * dy - up * dx)];
        const away = along + 2 * aside;
        if (along > 0 && aside <= along && away < least && admits(i)) [best, least] = [i, away];
      });
      if (least <= radius || radius > 2) return best;
    }
  }

  // Return the k nearest admitted songs of a place, the nearest first, by rings that grow.
  closest(x, y, k, admits) {
    for (let radius = 1 / this.side; ; radius *= 2) {
      const found = [];
      this.each([x - radius, y - radius, x + radius, y + radius], (i) => {
        const d = Math.hypot(this.songs.x(i) - x, this.songs.y(i) - y);
        if (d <= radius && admits(i)) found.push([d, i]);
      });
      if (found.length >= k || radius > 2) {
        return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, k).map(([, i]) => i);
      }
    }
  }
}
