// The player: the file where it lies, else the seconds of it that the page holds, else why there is nothing.

import { pathOf } from "./lasso.js";
import { say } from "./words.js";

export class Player {
  constructor(map) {
    this.map = map;
    this.audio = document.getElementById("audio");
    this.note = document.getElementById("audio-note");
    this.onClick = document.getElementById("play-on-click");
    this.audio.addEventListener("error", () => this.failed());
  }

  snippet(i) {
    const found = document.getElementById(`snippet-${i}`);
    return found ? found.textContent : "";
  }

  load(i, isToPlay) {
    this.song = i;
    this.wants = isToPlay && this.onClick.checked;
    this.audio.pause();
    const [url, snippet] = [this.map.songs.urls[i], this.snippet(i)];
    if (url) this.take(url, "");
    else if (snippet) this.take(snippet, say("snippet_only"));
    else this.none(say("no_sound"));
  }

  take(source, note) {
    this.audio.hidden = false;
    this.audio.src = source;
    this.note.textContent = note;
    if (this.wants) this.audio.play().catch(() => {}); // refused or failed: the controls are there, and "error" tells
    else this.audio.preload = "metadata";
  }

  none(note) {
    this.audio.removeAttribute("src");
    this.audio.hidden = true;
    this.note.textContent = note;
  }

  failed() {
    const snippet = this.snippet(this.song);
    const path = pathOf(this.map.songs.urls[this.song] || "");
    if (snippet && this.audio.src !== snippet) this.take(snippet, say("file_failed_snippet", { path }));
    else this.none(say("file_failed", { path }));
  }

  toggle() {
    if (this.audio.hidden) return;
    if (this.audio.paused) this.audio.play().catch(() => {});
    else this.audio.pause();
  }
}
