import { isCurrent } from "../../player";
import { titleOf } from "../../track";
import { say } from "../../words";
import { MOODS, type Step } from "./types";

const SIDE = 400;
const EDGE = 26;

const x = (valence: number) => EDGE + valence * (SIDE - 2 * EDGE);
const y = (arousal: number) => SIDE - EDGE - arousal * (SIDE - 2 * EDGE);

interface PlaneProps {
  steps: readonly Step[];
  /** The step that is pointed at, -1 for none. */
  lit: number;
  onLight: (step: number) => void;
  onPlay: (step: number) => void;
}

/** A journey as a curve through the plane of feelings, with the line that it should keep to. */
export function Plane({ steps, lit, onLight, onPlay }: PlaneProps) {
  const [first, last] = [steps[0], steps.at(-1)];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture is no <fieldset>
    <svg
      class="plane"
      viewBox={`0 0 ${SIDE} ${SIDE}`}
      role="group"
      aria-label={say("The journey through the moods")}
    >
      <rect x={EDGE} y={EDGE} width={SIDE - 2 * EDGE} height={SIDE - 2 * EDGE} rx="10" class="plane-ground" />
      <path
        d={`M${SIDE / 2} ${EDGE}V${SIDE - EDGE}M${EDGE} ${SIDE / 2}H${SIDE - EDGE}`}
        class="plane-cross"
      />
      {MOODS.filter((mood) => mood.name !== "neutral").map((mood) => (
        <text key={mood.name} x={x(mood.at[0])} y={y(mood.at[1])} class="plane-mood">
          {say(mood.text)}
        </text>
      ))}
      <text x={SIDE / 2} y={SIDE - 8} class="plane-axis">
        {say("pleasant →")}
      </text>
      <text x={-SIDE / 2} y={16} transform="rotate(-90)" class="plane-axis">
        {say("energetic →")}
      </text>
      {first && last && <path d={`M${place(first.wanted)}L${place(last.wanted)}`} class="plane-line" />}
      <path d={curve(steps)} class="plane-way" />
      {steps.map((step, at) => (
        // biome-ignore lint/a11y/useSemanticElements: no <button> stands in a picture
        <g
          key={step.id}
          role="button"
          tabIndex={0}
          class={lit === at || isCurrent(step.id) ? "plane-step lit" : "plane-step"}
          aria-label={say("Step {n}: {title}", { n: at + 1, title: titleOf(step) })}
          onMouseEnter={() => onLight(at)}
          onMouseLeave={() => onLight(-1)}
          onFocus={() => onLight(at)}
          onBlur={() => onLight(-1)}
          onClick={() => onPlay(at)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            onPlay(at);
          }}
        >
          <circle cx={x(step.valence)} cy={y(step.arousal)} r="11" class={step.guessed ? "guessed" : ""} />
          <text x={x(step.valence)} y={y(step.arousal)}>
            {at + 1}
          </text>
        </g>
      ))}
    </svg>
  );
}

function place([valence, arousal]: readonly [number, number]): string {
  return `${x(valence).toFixed(1)} ${y(arousal).toFixed(1)}`;
}

/** A smooth curve through all steps (Catmull and Rom, as cubic Bézier curves). */
function curve(steps: readonly Step[]): string {
  const spots = steps.map((step) => [x(step.valence), y(step.arousal)] as const);
  const parts = spots.map((spot, at) => {
    const before = spots[at - 1];
    if (!before) return `M${spot[0].toFixed(1)} ${spot[1].toFixed(1)}`;
    const [from, to] = [spots[at - 2] ?? before, spots[at + 1] ?? spot];
    const a = [0, 1].map((k) => (before[k] ?? 0) + ((spot[k] ?? 0) - (from[k] ?? 0)) / 6);
    const b = [0, 1].map((k) => (spot[k] ?? 0) - ((to[k] ?? 0) - (before[k] ?? 0)) / 6);
    return `C${[...a, ...b, ...spot].map((one) => one.toFixed(1)).join(" ")}`;
  });
  return parts.join("");
}
