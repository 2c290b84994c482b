/** Everything that varies in time, on one axis under one playhead. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { get } from "../../api";
import { type Loaded, useLoaded } from "../../loaded";
import { IconButton } from "../../parts";
import { isCurrent, type Playable, play, position, seek } from "../../player";
import { clock, say } from "../../words";
import { Parts } from "./Parts";
import { Spectrogram } from "./Spectrogram";
import { Tags } from "./Tags";
import type { Analysis, Segment, Timeline, Wave } from "./types";
import { Waveform } from "./Waveform";

const STEP_S = 5;
const WIDEST = 16;
const POINTS = 4000;

interface LanesProps {
  analysis: Analysis;
  track: Playable;
}

export function Lanes({ analysis, track }: LanesProps) {
  const { id, duration_s } = analysis;
  const wide = useSignal(1);
  const wave = useLoaded<Wave>((abort) => get(`/tracks/${id}/waveform`, { points: POINTS }, abort), [id]);
  const parts = useLoaded<{ segments: Segment[] }>(
    (abort) => get(`/tracks/${id}/structure`, {}, abort),
    [id],
  );
  const tags = useLoaded<Timeline>((abort) => get(`/tracks/${id}/timeline`, {}, abort), [id]);
  return (
    <section class="card lanes" aria-label={say("In time")}>
      <Zoom wide={wide} />
      <div class="lanes-view">
        <div class="lanes-inside" style={{ width: `${100 * wide.value}%` }}>
          <Axis track={track} duration_s={duration_s} />
          <Lane name={say("Waveform")} from={wave} height="6rem">
            {wave.data.value && (
              <Waveform
                wave={wave.data.value}
                beats_s={analysis.descriptors.beats_s}
                id={id}
                duration_s={duration_s}
              />
            )}
          </Lane>
          <Lane name={say("Parts")} from={parts} height="1.75rem">
            {parts.data.value && <Parts segments={parts.data.value.segments} duration_s={duration_s} />}
          </Lane>
          <Lane name={say("Spectrum")} height="8rem">
            <Spectrogram id={id} duration_s={duration_s} />
          </Lane>
          {tags.data.value && <Tags timeline={tags.data.value} duration_s={duration_s} id={id} />}
        </div>
      </div>
    </section>
  );
}

interface LaneProps {
  name: string;
  height: string;
  from?: Loaded<unknown>;
  children: ComponentChildren;
}

/** One thing that varies, with its name at the left. */
function Lane({ name, height, from, children }: LaneProps) {
  const failed = from?.error.value;
  return (
    <div class="lane">
      <span class="lane-name">{name}</span>
      <div class="lane-inside" style={{ height }}>
        {children}
        {failed instanceof Error && <p class="quiet small lane-told">{failed.message}</p>}
        {from?.loading.value && <span class="lane-told spinner" />}
      </div>
    </div>
  );
}

function Zoom({ wide }: { wide: Signal<number> }) {
  const by = (factor: number) => () => {
    wide.value = Math.min(WIDEST, Math.max(1, wide.value * factor));
  };
  return (
    <div class="lanes-zoom">
      <IconButton
        icon="minus"
        size={16}
        label={say("Zoom out")}
        disabled={wide.value <= 1}
        onClick={by(0.5)}
      />
      <IconButton
        icon="plus"
        size={16}
        label={say("Zoom in")}
        disabled={wide.value >= WIDEST}
        onClick={by(2)}
      />
    </div>
  );
}

interface AxisProps {
  track: Playable;
  duration_s: number;
}

/** Lies over the lanes: the playhead, and where one clicks to go to a moment. */
function Axis({ track, duration_s }: AxisProps) {
  const box = useRef<HTMLDivElement>(null);
  const now = isCurrent(track.id) ? position.value : 0;
  const to = (at_s: number) => {
    const within = Math.min(duration_s, Math.max(0, at_s));
    if (isCurrent(track.id)) seek(within);
    else play(track, within);
  };
  const pointed = (event: PointerEvent) => {
    const place = box.current?.getBoundingClientRect();
    if (place && event.buttons === 1) to(((event.clientX - place.left) / place.width) * duration_s);
  };
  const pressed = (event: KeyboardEvent) => {
    const by = { ArrowRight: STEP_S, ArrowLeft: -STEP_S, PageUp: 6 * STEP_S, PageDown: -6 * STEP_S }[
      event.key
    ];
    const goal = event.key === "Home" ? 0 : event.key === "End" ? duration_s - STEP_S : undefined;
    if (by === undefined && goal === undefined) return;
    event.preventDefault();
    to(goal ?? now + (by ?? 0));
  };
  return (
    <div
      ref={box}
      class="axis"
      role="slider"
      tabIndex={0}
      aria-label={say("Place in the track")}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration_s)}
      aria-valuenow={Math.round(now)}
      aria-valuetext={clock(now)}
      onPointerDown={pointed}
      onPointerMove={pointed}
      onKeyDown={pressed}
    >
      <div class="playhead" style={{ left: `${(100 * now) / duration_s}%` }}>
        <span class="tabular" style={{ translate: `${(-100 * now) / duration_s}% 0` }}>
          {clock(now)}
        </span>
      </div>
    </div>
  );
}
