// Search by title and artist: hits stand out on the map and are listed.

import { songList } from "./selection.js";
import { announce, count, fold, make, say } from "./words.js";

const MOST_HITS = 50;

export class Search {
  constructor(map) {
    this.map = map;
    this.field = document.getElementById("query");
    this.box = document.getElementById("results");
    this.field.addEventListener("input", () => this.later());
    this.field.addEventListener("keydown", (event) => this.key(event));
  }

  // Fold every title once, when somebody searches.
  get texts() {
    const { songs } = this.map;
    this.folded ??= songs.titles.map((title, i) => fold(`${title} ${songs.artists[i]}`));
    return this.folded;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(this.field.value), this.map.songs.n > 20000 ? 120 : 30);
  }

  find(query) {
    clearTimeout(this.timer);
    const words = fold(query).split(" ").filter(Boolean);
    if (words.length === 0) return this.clear();
    const mask = new Uint8Array(this.map.songs.n);
    this.hits = [];
    this.texts.forEach((text, i) => {
      if (words.every((word) => text.includes(word))) this.hits.push(i);
    });
    for (const i of this.hits) mask[i] = 1;
    this.map.stress(mask);
    this.show();
  }

  show() {
    const rest = this.hits.length - MOST_HITS;
    const heading = say("n_found", { n: count(this.hits.length) });
    this.box.hidden = false;
    this.box.replaceChildren(
      make("h2", {}, heading),
      songList(this.map, this.hits.slice(0, MOST_HITS)),
      rest > 0 ? make("p", { class: "quiet" }, say("and_more", { n: count(rest) })) : "",
    );
    announce(heading);
  }

  clear() {
    this.hits = [];
    this.field.value = "";
    this.box.hidden = true;
    this.map.stress(null);
  }

  key(event) {
    if (event.key === "Escape") {
      this.clear();
      this.map.box.focus();
    } else if (event.key === "Enter") {
      this.find(this.field.value);
      if (this.hits?.length) this.map.choose(this.hits[0], { play: true, go: true });
    }
  }
}
