// Mouse, touch and pen: drag to pan, wheel and pinch to zoom, click to choose, shift-drag for the lasso.

const STILL = 5;

export class Gestures {
  constructor(map, element) {
    this.map = map;
    this.element = element;
    this.pointers = new Map();
    this.moved = 0;
    const on = (name, act, options) => element.addEventListener(name, act.bind(this), options);
    on("pointerdown", this.down);
    on("pointermove", this.move);
    on("pointerup", this.up);
    on("pointercancel", this.cancel);
    on("pointerleave", this.leave);
    on("wheel", this.wheel, { passive: false });
    on("dblclick", this.twice);
  }

  spot(event) {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.spot(event));
    if (this.pointers.size > 1) {
      this.isRoping = false;
      this.map.dropRope();
      return;
    }
    this.moved = 0;
    this.isRoping = event.shiftKey || this.map.isLassoing;
    if (this.isRoping) this.map.startRope(this.spot(event));
  }

  move(event) {
    const spot = this.spot(event);
    const last = this.pointers.get(event.pointerId);
    if (!last) {
      if (event.pointerType !== "touch") this.map.hover(...spot);
      return;
    }
    this.moved += Math.abs(spot[0] - last[0]) + Math.abs(spot[1] - last[1]);
    if (this.pointers.size === 2) this.pinch(event.pointerId, spot);
    else if (this.isRoping) this.map.pullRope(spot);
    else if (this.moved > STILL) this.map.pan(spot[0] - last[0], spot[1] - last[1]);
    this.pointers.set(event.pointerId, spot);
  }

  pinch(id, spot) {
    const before = [...this.pointers.values()];
    const after = [...this.pointers].map(([other, where]) => (other === id ? spot : where));
    const [a, b] = [span(before), span(after)];
    this.map.pan(b.x - a.x, b.y - a.y);
    this.map.zoomAt(b.x, b.y, b.length / Math.max(a.length, 1));
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.isRoping) this.map.endRope();
    else if (this.moved <= STILL) this.map.click(...this.spot(event), event.pointerType === "touch");
    this.isRoping = false;
    if (this.pointers.size) this.moved = Infinity;
  }

  cancel(event) {
    this.pointers.delete(event.pointerId);
    this.isRoping = false;
    this.map.dropRope();
  }

  leave() {
    this.map.hover(-1e6, -1e6);
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const step = Math.max(-240, Math.min(240, event.deltaY * lines));
    this.map.zoomAt(...this.spot(event), Math.exp(-step * (event.ctrlKey ? 0.01 : 0.0018)));
  }

  twice(event) {
    this.map.zoomAt(...this.spot(event), 2);
  }
}

function span([a, b]) {
  return { x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2, length: Math.hypot(a[0] - b[0], a[1] - b[1]) };
}
