/** Two files of one recording, heard at the same place: both run, one is silent. */
import { signal } from "@preact/signals";
import { address } from "../../api";
import { pause as pausePlayer, volume } from "../../player";

const DRIFT_S = 0.06;
const EVERY_MS = 500;

export class Pair {
  readonly playing = signal(false);
  readonly position = signal(0);
  /** Is the copy heard, or the file that is kept? */
  readonly hearsCopy = signal(false);
  private readonly sounds: [HTMLAudioElement, HTMLAudioElement];
  private clock = 0;

  /** `offset_s`: what of the kept file is heard before the copy begins; below 0, the copy begins earlier. */
  constructor(
    keep: number,
    copy: number,
    private readonly offset_s: number,
  ) {
    this.sounds = [sound(keep), sound(copy)];
    this.sounds[0].addEventListener("timeupdate", () => {
      this.position.value = this.sounds[0].currentTime;
    });
    this.sounds[0].addEventListener("ended", () => this.stop());
    this.mix();
  }

  toggle(): void {
    if (this.playing.value) this.stop();
    else this.start();
  }

  /** Lets the other of the two be heard, from the same place. */
  swap(): void {
    this.hearsCopy.value = !this.hearsCopy.value;
    this.mix();
  }

  seek(to_s: number): void {
    this.sounds[0].currentTime = to_s;
    this.position.value = to_s;
    this.align();
  }

  leave(): void {
    this.stop();
    for (const one of this.sounds) one.removeAttribute("src");
  }

  private start(): void {
    pausePlayer();
    if (this.offset_s > 0 && this.sounds[0].currentTime < this.offset_s)
      this.sounds[0].currentTime = this.offset_s;
    this.align();
    for (const one of this.sounds) one.play().catch(() => this.stop());
    this.clock = window.setInterval(() => this.align(), EVERY_MS);
    this.playing.value = true;
  }

  private stop(): void {
    clearInterval(this.clock);
    for (const one of this.sounds) one.pause();
    this.playing.value = false;
  }

  private mix(): void {
    this.sounds.forEach((one, at) => {
      one.volume = volume.value;
      one.muted = this.hearsCopy.value !== (at === 1);
    });
  }

  /** Two clocks run apart: the one that is silent is put where the other is. */
  private align(): void {
    const [keep, copy] = this.sounds;
    const wanted = Math.max(0, keep.currentTime - this.offset_s);
    if (Math.abs(copy.currentTime - wanted) <= DRIFT_S) return;
    if (this.hearsCopy.value && this.playing.value) keep.currentTime = copy.currentTime + this.offset_s;
    else copy.currentTime = wanted;
  }
}

function sound(track: number): HTMLAudioElement {
  const made = new Audio(address(`/tracks/${track}/audio`));
  made.preload = "metadata";
  made.addEventListener("error", () => useWav(made, track), { once: true });
  return made;
}

/** What the browser cannot decode, the server does. */
function useWav(made: HTMLAudioElement, track: number): void {
  if (made.getAttribute("src")) made.src = address(`/tracks/${track}/audio`, { as: "wav" });
}
