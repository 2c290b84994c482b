// The address keeps what is seen: #c=colour&v=x,y,zoom&s=song, so that it can be sent and gone back to.

export class Address {
  constructor(map) {
    this.map = map;
    for (const name of ["moved", "coloured", "chosen"]) map.on(name, () => this.later());
    window.addEventListener("hashchange", () => this.read());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), 200);
  }

  write() {
    const { view, column, chosen, songs } = this.map;
    const kept = new URLSearchParams({ c: column.name });
    if (!view.isFitted) kept.set("v", [view.x.toFixed(5), view.y.toFixed(5), view.zoom.toFixed(3)].join(","));
    if (chosen >= 0) kept.set("s", songs.ids[chosen]);
    this.last = `#${kept}`;
    if (location.protocol !== "about:") history.replaceState(null, "", this.last); // in a notebook there is no address
  }

  read() {
    if (location.hash === this.last) return;
    const kept = new URLSearchParams(location.hash.slice(1));
    const column = this.map.columns.find((one) => one.name === kept.get("c"));
    if (column && column !== this.map.column) this.map.colourBy(column);
    const place = (kept.get("v") ?? "").split(",").map(Number);
    if (place.length === 3 && place.every(Number.isFinite) && place[2] > 0) {
      this.map.view.go(...place);
      this.map.redraw();
    }
    const song = kept.has("s") ? this.map.songs.ids.indexOf(kept.get("s")) : -1;
    if (song >= 0) this.map.choose(song);
  }
}
