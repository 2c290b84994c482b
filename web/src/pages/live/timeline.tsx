/** What was heard so far, as a strip of colours with marks where something new began. */
import { SheetTable } from "../../parts/charts/Figure";
import { clock, percent, say } from "../../words";
import type { Heard } from "./stream";

export interface Moment {
  at_s: number;
  label: string;
  share: number;
  music: boolean;
  change: number | null;
}

const STEP_S = 0.5;

/** What is remembered of a moment: the first prediction's answer, or what kind of sound it was. */
export function momentOf(heard: Heard): Moment {
  const said = Object.values(heard.predictions)[0];
  const [best, share] = Object.entries(said?.probabilities ?? {})[0] ?? ["", 0];
  return {
    at_s: heard.at_s,
    label: heard.sound && heard.sound !== "music" ? heard.sound : best,
    share,
    music: heard.sound !== "silence" && heard.sound !== "not music",
    change: heard.change?.at_s ?? null,
  };
}

interface Stretch {
  from_s: number;
  to_s: number;
  label: string;
  share: number;
  music: boolean;
}

/** Neighbouring moments of one label as one. */
export function stretches(moments: readonly Moment[]): Stretch[] {
  const found: Stretch[] = [];
  for (const moment of moments) {
    const last = found.at(-1);
    if (last && last.label === moment.label && moment.at_s - last.to_s < 4 * STEP_S) {
      last.to_s = moment.at_s;
      last.share = Math.max(last.share, moment.share);
    } else {
      found.push({
        ...moment,
        from_s: last ? last.to_s : Math.max(0, moment.at_s - STEP_S),
        to_s: moment.at_s,
      });
    }
  }
  return found;
}

export function Timeline({ moments }: { moments: readonly Moment[] }) {
  const begin = Math.max(0, (moments[0]?.at_s ?? 0) - STEP_S);
  const end = moments.at(-1)?.at_s ?? 1;
  const place = (at_s: number) => `${(100 * (at_s - begin)) / Math.max(STEP_S, end - begin)}%`;
  const found = stretches(moments);
  const names = [...new Set(found.filter((one) => one.music && one.label).map((one) => one.label))];
  const changes = moments.flatMap((moment) =>
    moment.change !== null && moment.change >= begin ? [moment.change] : [],
  );
  const colour = (one: Stretch) =>
    one.music && one.label ? `c${(names.indexOf(one.label) % 8) + 1}` : "none";
  return (
    <section class="card timeline" aria-labelledby="timeline">
      <h2 id="timeline">{say("Since the beginning")}</h2>
      <svg
        width="100%"
        height="48"
        role="img"
        aria-label={say("{n} stretches, {k} changes", { n: found.length, k: changes.length })}
      >
        {found.map((one) => (
          <rect
            key={one.from_s}
            class={`stretch ${colour(one)}`}
            x={place(one.from_s)}
            width={`${(100 * (one.to_s - one.from_s)) / Math.max(STEP_S, end - begin)}%`}
            y="8"
            height="32"
          >
            <title>{`${clock(one.from_s)}–${clock(one.to_s)} ${one.label}`}</title>
          </rect>
        ))}
        {changes.map((at_s) => (
          <line key={at_s} class="change" x1={place(at_s)} x2={place(at_s)} y1="0" y2="48" />
        ))}
      </svg>
      <div class="row between small quiet tabular">
        <span>{clock(begin)}</span>
        <span>{clock(end)}</span>
      </div>
      <div class="legend">
        {names.map((name, index) => (
          <span key={name} class={`mark c${(index % 8) + 1}`}>
            {name}
          </span>
        ))}
        {changes.length > 0 && <span class="mark change">{say("something new")}</span>}
      </div>
      <details class="figure-table">
        <summary>{say("As a table")}</summary>
        <SheetTable
          label={say("Since the beginning")}
          sheet={{
            columns: [say("from"), say("to"), say("heard"), say("at most")],
            rows: found.map((one) => [
              clock(one.from_s),
              clock(one.to_s),
              one.label,
              one.share ? percent(one.share) : null,
            ]),
          }}
        />
      </details>
    </section>
  );
}
