// The song that was chosen: title, artist, sound, what is known of it, and what is near.

import { songList } from "./selection.js";
import { announce, isolated, make, say } from "./words.js";

export class Panel {
  constructor(map, player) {
    this.map = map;
    this.player = player;
    this.box = document.getElementById("song");
    document.getElementById("song-close").addEventListener("click", () => map.choose(-1));
    map.on("chosen", (i, play) => (i < 0 ? this.close() : this.show(i, play)));
  }

  close() {
    this.player.audio.pause();
    this.box.hidden = true;
  }

  show(i, play) {
    const { songs } = this.map;
    this.box.hidden = false;
    document.getElementById("song-title").textContent = songs.titles[i];
    document.getElementById("song-artist").textContent = songs.artists[i];
    this.player.load(i, play);
    this.facts(i);
    this.numbers(i);
    this.kin(i);
    this.box.scrollIntoView({ block: "nearest" });
    announce(songs.name(i));
  }

  facts(i) {
    const known = this.map.columns.filter((column) => !column.isAmount && column.text(i));
    const rows = known.flatMap((column) => [make("dt", {}, column.label), isolated(column.text(i), "dd")]);
    document.getElementById("song-facts").replaceChildren(...rows);
  }

  numbers(i) {
    const rows = this.map.columns.filter((column) => column.isAmount).map((column) => this.number(column, i));
    document.getElementById("song-numbers").replaceChildren(...rows);
  }

  // A number, and where it lies among those of the others.
  number(column, i) {
    const text = column.text(i);
    const bar = make("i");
    bar.style.width = `${text ? 100 * column.share(column.value(i)) : 0}%`;
    const cells = [make("th", { scope: "row" }, column.label), make("td", {}, make("span", { class: "bar" }, bar))];
    return make("tr", {}, ...cells, make("td", { class: "n" }, text || "–"));
  }

  kin(i) {
    const list = songList(this.map, this.map.kin);
    document.getElementById("song-kin").replaceChildren(...list.childNodes);
    document.getElementById("kin-note").textContent = say(this.map.songs.near ? "near_by_features" : "near_by_map");
  }
}
