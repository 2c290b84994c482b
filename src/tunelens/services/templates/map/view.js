// Which part of the map is seen: a centre and a scale, both axes alike.

const MOST_ZOOM = 200;
const LEAST_ZOOM = 0.4;
const MARGIN = 34;

export class View {
  constructor(box) {
    this.box = box;
    this.width = this.height = 1;
    this.x = this.y = 0.5;
    this.scale = this.whole = 1;
    this.isFitted = true;
  }

  // Take a new size in CSS pixels; what was in the middle stays there, as large as before.
  resize(width, height) {
    const zoom = this.zoom;
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    const [left, bottom, right, top] = this.box;
    const across = (this.width - 2 * MARGIN) / Math.max(right - left, 1e-6);
    const up = (this.height - 2 * MARGIN) / Math.max(top - bottom, 1e-6);
    this.whole = Math.max(1, Math.min(across, up));
    if (this.isFitted) this.fit();
    else this.scale = this.whole * zoom;
  }

  get zoom() {
    return this.scale / this.whole;
  }

  fit() {
    const [left, bottom, right, top] = this.box;
    this.x = (left + right) / 2;
    this.y = (bottom + top) / 2;
    this.scale = this.whole;
    this.isFitted = true;
  }

  screen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, this.height / 2 - (y - this.y) * this.scale];
  }

  place(px, py) {
    return [this.x + (px - this.width / 2) / this.scale, this.y - (py - this.height / 2) / this.scale];
  }

  pan(dx, dy) {
    this.go(this.x - dx / this.scale, this.y + dy / this.scale, this.zoom);
  }

  // Zoom so that what is at a pixel stays at it.
  zoomAt(px, py, factor) {
    const [x, y] = this.place(px, py);
    const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, this.zoom * factor));
    const scale = zoom * this.whole;
    this.go(x - (px - this.width / 2) / scale, y + (py - this.height / 2) / scale, zoom);
  }

  // The centre never leaves the songs, so nobody is lost.
  go(x, y, zoom) {
    const [left, bottom, right, top] = this.box;
    this.x = Math.min(right, Math.max(left, x));
    this.y = Math.min(top, Math.max(bottom, y));
    this.scale = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, zoom)) * this.whole;
    this.isFitted = false;
  }

  get frame() {
    const [left, top] = this.place(0, 0);
    const [right, bottom] = this.place(this.width, this.height);
    return [left, bottom, right, top];
  }
}
