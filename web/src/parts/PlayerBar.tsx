import {
  current,
  duration,
  failure,
  pause,
  playing,
  position,
  queue,
  seek,
  skip,
  stop,
  toggle,
  volume,
} from "../player";
import { titleOf } from "../track";
import { clock, say } from "../words";
import { IconButton } from "./Button";

/** What is heard, where, and the keys of a player; nothing while nothing was played. */
export function PlayerBar() {
  const track = current.value;
  if (!track) return null;
  return (
    <section class="player" aria-label={say("Player")}>
      <div class="player-names">
        <a href={`/tracks/${track.id}`} class="ellipsis">
          {titleOf(track)}
        </a>
        <span class={failure.value ? "bad ellipsis" : "quiet ellipsis"}>
          {failure.value ? say("This file cannot be played") : (track.artist ?? "")}
        </span>
      </div>
      <div class="player-keys">
        <IconButton
          icon="previous"
          label={say("Previous")}
          disabled={queue.value.length < 2}
          onClick={() => skip(-1)}
        />
        <IconButton
          icon={playing.value ? "pause" : "play"}
          class="main"
          label={playing.value ? say("Pause") : say("Play")}
          onClick={toggle}
        />
        <IconButton
          icon="next"
          label={say("Next")}
          disabled={queue.value.length < 2}
          onClick={() => skip(1)}
        />
      </div>
      <Place />
      <Loudness />
      <IconButton
        icon="close"
        class="player-close"
        label={say("Close the player")}
        onClick={() => {
          pause();
          stop();
        }}
      />
    </section>
  );
}

function Place() {
  return (
    <div class="player-place">
      <span class="tabular quiet">{clock(position.value)}</span>
      <input
        type="range"
        min={0}
        max={Math.max(1, duration.value)}
        step={0.1}
        value={position.value}
        aria-label={say("Place in the track")}
        aria-valuetext={clock(position.value)}
        onInput={(event) => seek(Number(event.currentTarget.value))}
      />
      <span class="tabular quiet">{clock(duration.value)}</span>
    </div>
  );
}

function Loudness() {
  return (
    <div class="player-volume">
      <input
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={volume.value}
        aria-label={say("Volume")}
        onInput={(event) => {
          volume.value = Number(event.currentTarget.value);
        }}
      />
    </div>
  );
}
