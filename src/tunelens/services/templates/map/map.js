// The map: what is seen, what is marked, and when it is drawn anew (only when something has changed).

import { FlatPainter } from "./flat.js";
import { Gestures } from "./gestures.js";
import { DIM, GlPainter, HIDDEN, NORMAL, STRONG } from "./gl.js";
import { inside } from "./lasso.js";
import { Overlay } from "./overlay.js";
import { Pace } from "./pace.js";
import { CALM } from "./palette.js";
import { Grid } from "./picking.js";
import { View } from "./view.js";

export class SongMap {
  // `box` is the element that is looked at, `points` and `over` the canvases in it.
  constructor({ box, points, over }, songs, { frame, palette }) {
    Object.assign(this, { songs, box, points, palette });
    this.view = new View(frame);
    this.grid = new Grid(songs);
    this.overlay = new Overlay(over, songs);
    this.hidden = new Set();
    this.focus = null;
    this.chosen = this.hovered = -1;
    this.kin = [];
    this.rope = [];
    this.groups = [];
    this.isLassoing = false;
    this.listeners = {};
    this.how = {}; // of every frame, made once
    this.font = getComputedStyle(document.body).fontFamily;
    this.pace = new Pace(songs.n, () => this.redraw());
    this.painter = this.chosenPainter();
    this.colours = new Uint8Array(4 * songs.n);
    this.marks = new Uint8Array(4 * songs.n);
    this.gestures = new Gestures(this, this.box);
    this.watch();
  }

  chosenPainter() {
    let painter = null;
    try {
      painter = GlPainter.on(this.points, this.songs);
    } catch (error) {
      console.info(error); // a driver that cannot: the canvas below is taken instead
      const fresh = this.points.cloneNode();
      this.points.replaceWith(fresh);
      this.points = fresh;
    }
    return painter ?? new FlatPainter(this.points, this.songs);
  }

  watch() {
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(this.box);
    this.points.addEventListener("webglcontextrestored", () => {
      this.painter.restore();
      this.resize();
    });
    this.resize();
  }

  // Let go of the page: nothing is drawn any more.
  leave() {
    this.watcher.disconnect();
    clearTimeout(this.pace.timer);
    cancelAnimationFrame(this.pending);
    this.flight = this.column = null;
  }

  // Take the colours of another theme.
  paletteIs(palette) {
    this.palette = palette;
    this.recolour();
    this.tell("theme");
  }

  on(name, act) {
    (this.listeners[name] ??= []).push(act);
  }

  tell(name, ...values) {
    for (const act of this.listeners[name] ?? []) act(...values);
  }

  // -- drawing

  resize() {
    const { width, height } = this.box.getBoundingClientRect();
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [across, down] = [Math.max(1, Math.round(width * this.ratio)), Math.max(1, Math.round(height * this.ratio))];
    this.view.resize(width, height);
    this.painter.resize(across, down);
    this.overlay.resize(across, down, this.ratio);
    if (this.column) this.draw(); // at once: a canvas that was resized is empty
  }

  redraw() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw() {
    const { how } = this;
    how.n = this.pace.count(performance.now());
    how.size = this.size;
    how.alpha = this.alpha;
    how.page = this.palette.page;
    how.ratio = this.ratio;
    this.painter.draw(this.view, how);
    this.overlay.draw(this);
    this.tell("drawn");
  }

  // Points are as large as leaves room between them, and grow slower than the map does.
  get size() {
    const room = Math.sqrt((this.view.width * this.view.height) / this.songs.n);
    return Math.min(18, Math.max(2.6, Math.min(11, 0.42 * room)) * Math.max(0.7, this.view.zoom) ** 0.35);
  }

  get alpha() {
    return this.songs.n > 20000 && this.view.zoom < 8 ? 0.7 : 0.88;
  }

  at(i) {
    return this.view.screen(this.songs.x(i), this.songs.y(i));
  }

  // -- colours and marks

  colourBy(column) {
    this.column = column;
    this.hidden = new Set();
    this.groups = column.isAmount ? [] : this.middles(column);
    this.recolour();
    this.tell("coloured", column);
  }

  recolour() {
    if (!this.column) return;
    for (let i = 0; i < this.songs.n; i++) {
      const { colour, shape } = this.column.paint(i, this.palette);
      this.colours.set(colour, 4 * i);
      this.marks[4 * i] = shape;
    }
    this.remark();
  }

  remark() {
    const { classes } = this.column;
    for (let i = 0; i < this.songs.n; i++) {
      const hidden = this.hidden.has(classes[i]);
      this.marks[4 * i + 1] = hidden ? HIDDEN : this.focus === null ? NORMAL : this.focus[i] ? STRONG : DIM;
    }
    this.painter.dress(this.colours, this.marks);
    this.redraw();
  }

  // Return the middle of each named class: where most of it is, by medians.
  middles(column) {
    const members = Array.from({ length: column.shown }, () => []);
    for (let i = 0; i < this.songs.n; i++) members[column.classes[i]]?.push(i);
    const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
    return members.flatMap((rows, at) => {
      if (rows.length === 0) return [];
      const [x, y] = [median(rows.map((i) => this.songs.x(i))), median(rows.map((i) => this.songs.y(i)))];
      return [{ at, x, y, text: column.entry(at) }];
    });
  }

  isShown(i) {
    return this.marks[4 * i + 1] !== HIDDEN;
  }

  toggle(at, only = false) {
    const all = Array.from(this.column.counts, (_, other) => other);
    if (only) this.hidden = new Set(all.filter((other) => other !== at));
    else if (!this.hidden.delete(at)) this.hidden.add(at);
    this.remark();
    this.tell("toggled");
  }

  showAll() {
    this.hidden.clear();
    this.remark();
    this.tell("toggled");
  }

  // Let some songs stand out: an array with one entry per song, or null for all alike.
  stress(mask) {
    this.focus = mask;
    this.remark();
  }

  // -- moving

  pan(dx, dy) {
    this.view.pan(dx, dy);
    this.moved();
  }

  zoomAt(x, y, factor) {
    this.view.zoomAt(x, y, factor);
    this.moved();
  }

  zoom(factor) {
    this.zoomAt(this.view.width / 2, this.view.height / 2, factor);
  }

  fit() {
    this.view.fit();
    this.moved();
  }

  moved() {
    this.flight = null;
    this.pace.moved();
    this.redraw();
    this.tell("moved");
  }

  // Go to a place in a quarter of a second, or at once where the reader wants no motion.
  fly(x, y, zoom) {
    const from = { x: this.view.x, y: this.view.y, zoom: this.view.zoom, at: performance.now() };
    const flight = (this.flight = (now) => {
      if (this.flight !== flight) return;
      const part = CALM.matches ? 1 : Math.min(1, Math.max(0, now - from.at) / 250);
      const eased = part * part * (3 - 2 * part);
      const mix = (a, b) => a + (b - a) * eased;
      this.view.go(mix(from.x, x), mix(from.y, y), Math.exp(mix(Math.log(from.zoom), Math.log(zoom))));
      this.pace.moved();
      this.draw();
      if (part < 1) requestAnimationFrame(flight);
      else this.moved();
    });
    requestAnimationFrame(flight);
  }

  // -- songs

  under(x, y, isTouch = false) {
    const radius = (Math.max(this.size / 2 + 3, isTouch ? 20 : 8)) / this.view.scale;
    return this.grid.nearest(...this.view.place(x, y), radius, (i) => this.isShown(i));
  }

  hover(x, y) {
    const found = this.under(x, y);
    if (found === this.hovered) return;
    this.hovered = found;
    this.box.classList.toggle("over-song", found >= 0);
    this.redraw();
    this.tell("hovered", found);
  }

  click(x, y, isTouch) {
    const found = this.under(x, y, isTouch);
    if (found >= 0) this.choose(found, { play: true });
  }

  // Choose the song that is nearest to the middle, or hear the chosen one, for those who have no pointer.
  chooseMiddle() {
    const [found] =
      this.chosen >= 0 ? [this.chosen] : this.grid.closest(this.view.x, this.view.y, 1, (i) => this.isShown(i));
    if (found !== undefined) this.choose(found, { play: true });
  }

  // Choose the song that is nearest to the chosen one in a direction, and bring it in sight.
  step(dx, dy) {
    const found = this.grid.toward(this.chosen, dx, dy, (i) => this.isShown(i));
    if (found < 0) return;
    this.choose(found);
    const [x, y] = this.at(found);
    const isSeen = x >= 0 && y >= 0 && x <= this.view.width && y <= this.view.height;
    if (!isSeen) this.fly(this.songs.x(found), this.songs.y(found), this.view.zoom);
  }

  neighbours(i) {
    const { near, k } = this.songs;
    if (near) return Array.from(near.subarray(i * k, (i + 1) * k)).filter((other) => other !== i);
    return this.grid.closest(this.songs.x(i), this.songs.y(i), 11, (other) => other !== i).slice(0, 10);
  }

  choose(i, { play = false, go = false } = {}) {
    this.chosen = i;
    this.kin = i < 0 ? [] : this.neighbours(i);
    if (go && i >= 0) this.fly(this.songs.x(i), this.songs.y(i), Math.max(this.view.zoom, this.closeZoom));
    this.redraw();
    this.tell("chosen", i, play);
  }

  // Zoom at which some dozens of songs are in sight.
  get closeZoom() {
    return Math.min(60, Math.max(1.5, Math.sqrt(this.songs.n / 400)));
  }

  // -- lasso

  lassoMode(isOn) {
    this.isLassoing = isOn;
    this.box.classList.toggle("lassoing", isOn);
    this.tell("lassoing", isOn);
  }

  startRope(spot) {
    this.rope = [spot];
  }

  pullRope(spot) {
    const [x, y] = this.rope[this.rope.length - 1];
    if (Math.hypot(spot[0] - x, spot[1] - y) < 2) return;
    this.rope.push(spot);
    this.redraw();
  }

  dropRope() {
    this.rope = [];
    this.redraw();
  }

  endRope() {
    const rope = this.rope.map(([x, y]) => this.view.place(x, y));
    this.dropRope();
    this.lassoMode(false);
    if (rope.length > 2) this.tell("roped", inside(this.grid, rope, (i) => this.isShown(i)));
  }
}
