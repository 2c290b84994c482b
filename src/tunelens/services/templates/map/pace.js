// How many songs are drawn while the map moves: all of them, unless the machine is too slow for that.
// Songs stand in an order drawn by lot, so the first of them are a fair sample; at rest all are drawn.

const SMOOTH_MS = 34;
const IDLE_MS = 20;
const REST_MS = 160;
const PAUSE_MS = 1500;
const FEWEST_DRAWN = 20000;

export class Pace {
  constructor(n, redraw) {
    Object.assign(this, { n, redraw, share: n, isMoving: false, took: 0, last: -Infinity });
  }

  // The map moves; it rests when nothing has moved it for some frames, however long they take.
  moved() {
    this.isMoving = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), Math.max(REST_MS, 2.5 * this.took));
  }

  rest() {
    this.isMoving = false;
    this.last = -Infinity;
    if (this.share < this.n) this.redraw();
  }

  // Return how many songs to draw in this frame, and learn from how long the last one took.
  count(now) {
    if (!this.isMoving) return this.n;
    const took = now - this.last;
    this.last = now;
    if (took < PAUSE_MS) this.learn(took);
    return this.share;
  }

  learn(took) {
    this.took = took;
    if (took > SMOOTH_MS) this.share = Math.max(Math.min(FEWEST_DRAWN, this.n), Math.round(this.share * 0.7));
    else if (took < IDLE_MS) this.share = Math.min(this.n, Math.round(this.share * 1.2));
  }
}
