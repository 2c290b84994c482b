import { useComputed } from "@preact/signals";
import { Canvas, type Draw } from "../../parts";
import { isCurrent, position } from "../../player";
import { colour } from "../../theme";
import { named, percent, say } from "../../words";
import type { Heard, HeardTag, Timeline } from "./types";

const ROWS = 8;

interface TagsProps {
  timeline: Timeline;
  duration_s: number;
  id: number;
}

/** What the nets hear, window by window; the number is what they hear under the playhead. */
export function Tags({ timeline, duration_s, id }: TagsProps) {
  return (
    <>
      {timeline.nets.map((heard) => (
        <section key={heard.model} class="heard" aria-label={say("Heard by {model}", { model: heard.model })}>
          {heard.tags.slice(0, ROWS).map((tag) => (
            <Row key={tag.tag} heard={heard} tag={tag} duration_s={duration_s} id={id} />
          ))}
        </section>
      ))}
    </>
  );
}

interface RowProps {
  heard: Heard;
  tag: HeardTag;
  duration_s: number;
  id: number;
}

function Row({ heard, tag, duration_s, id }: RowProps) {
  const value = useComputed(() => {
    if (!isCurrent(id)) return tag.mean;
    return tag.scores[windowAt(heard, position.value)] ?? tag.mean;
  });
  return (
    <div class="lane tag-lane">
      <span class="lane-name">
        <span class={tag.group === "genre" ? "genre ellipsis" : "ellipsis"}>{named(tag.tag)}</span>
        <span class="tabular">{percent(value.value)}</span>
      </span>
      <div class="lane-inside heat">
        <Canvas keys={[tag, heard]} draw={heat(heard, tag, duration_s)} />
      </div>
    </div>
  );
}

function windowAt({ times_s }: Heard, at_s: number): number {
  const next = times_s.findIndex((start) => start > at_s);
  return Math.max(0, (next < 0 ? times_s.length : next) - 1);
}

function heat({ times_s, patch_s }: Heard, tag: HeardTag, duration_s: number): Draw {
  return (pen, width, height) => {
    pen.fillStyle = colour(tag.group === "genre" ? "c2" : "c1");
    for (const [n, value] of tag.scores.entries()) {
      const start = times_s[n] ?? 0;
      const end = times_s[n + 1] ?? start + patch_s;
      pen.globalAlpha = value;
      const left = Math.round((width * start) / duration_s);
      pen.fillRect(left, 0, Math.round((width * end) / duration_s) - left, height);
    }
  };
}
