// The list of songs that the lasso caught.

import { asCsv, asM3u, saveAs } from "./lasso.js";
import { announce, count, fold, isolated, make, say } from "./words.js";

const MOST_LISTED = 200;

function songButton(map, i) {
  const { songs } = map;
  return make(
    "button",
    { type: "button", class: "song", "data-song": i, onclick: () => map.choose(i, { play: true, go: true }) },
    isolated(songs.titles[i], "bdi", { class: "name" }),
    isolated(songs.artists[i], "bdi", { class: "quiet" }),
  );
}

export function songList(map, rows) {
  return make("ul", { class: "songs" }, ...rows.map((i) => make("li", {}, songButton(map, i))));
}

export class Selection {
  constructor(map) {
    this.map = map;
    this.rows = [];
    this.box = document.getElementById("selection");
    map.on("roped", (rows) => this.take(rows));
  }

  take(rows) {
    const { songs } = this.map;
    const key = (i) => fold(`${songs.artists[i]} ${songs.titles[i]}`);
    const keys = new Map(rows.map((i) => [i, key(i)]));
    this.rows = rows.sort((a, b) => (keys.get(a) < keys.get(b) ? -1 : keys.get(a) > keys.get(b) ? 1 : a - b));
    const mask = new Uint8Array(songs.n);
    for (const i of rows) mask[i] = 1;
    this.map.stress(rows.length ? mask : null);
    this.show();
    announce(say("n_selected", { n: count(rows.length) }));
    this.map.tell("selected", this.rows);
  }

  clear() {
    this.rows = [];
    this.map.stress(null);
    this.box.hidden = true;
  }

  show() {
    this.box.hidden = false;
    const withSound = this.rows.filter((i) => this.map.songs.urls[i]).length;
    const rest = this.rows.length - MOST_LISTED;
    this.box.replaceChildren(
      make("h2", {}, say("n_selected", { n: count(this.rows.length) })),
      make("p", { class: "row" }, ...this.buttons(withSound)),
      withSound < this.rows.length ? make("p", { class: "quiet" }, say("n_with_file", { n: count(withSound) })) : "",
      songList(this.map, this.rows.slice(0, MOST_LISTED)),
      rest > 0 ? make("p", { class: "quiet" }, say("and_more", { n: count(rest) })) : "",
    );
  }

  buttons(withSound) {
    const { songs, columns } = this.map;
    const button = (text, act, disabled = false) => make("button", { type: "button", disabled, onclick: act }, text);
    return [
      button("M3U8", () => saveAs("selection.m3u8", asM3u(songs, this.rows), "audio/x-mpegurl"), withSound === 0),
      button("CSV", () => saveAs("selection.csv", asCsv(songs, columns, this.rows), "text/csv"), !this.rows.length),
      button(say("clear"), () => this.clear()),
    ];
  }
}
