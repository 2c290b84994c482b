import { clock, say } from "../../words";
import type { Segment } from "./types";

const COLOURS = 8;

/** The parts of a song; those that are alike have one letter and one colour. */
export function Parts({ segments, duration_s }: { segments: Segment[]; duration_s: number }) {
  const letters = [...new Set(segments.map((segment) => segment.label))];
  return (
    <ol class="parts" aria-label={say("Parts")}>
      {segments.map((segment) => (
        <li
          key={segment.start_s}
          class={`part p${1 + (letters.indexOf(segment.label) % COLOURS)}`}
          style={{
            left: `${(100 * segment.start_s) / duration_s}%`,
            width: `${(100 * (segment.end_s - segment.start_s)) / duration_s}%`,
          }}
        >
          <span>{segment.label}</span>
          <span class="unseen">
            {clock(segment.start_s)}–{clock(segment.end_s)}
          </span>
        </li>
      ))}
    </ol>
  );
}
