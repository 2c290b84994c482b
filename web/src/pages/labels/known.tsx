/** What was learned: figures before and after, which tracks changed, what was said. */
import { IconButton, Loading, Meter } from "../../parts";
import { type IntervalRow, Intervals } from "../../parts/charts/Intervals";
import { named, namedAll, number, percent, say, word } from "../../words";
import { learned, learning, takeBack, told } from "./teaching";
import type { Learned, LeftOut } from "./types";

export function Known() {
  const found = learned.value;
  return (
    <div class="stack">
      <section class="card stack" aria-labelledby="learned" aria-busy={learning.value}>
        <h2 id="learned">{say("What it has learned")}</h2>
        {found ? (
          <Gain found={found} />
        ) : learning.value ? (
          <Loading />
        ) : (
          <p class="quiet">{say("Nothing yet: every label that you give is learned from at once.")}</p>
        )}
      </section>
      {found && <Changes found={found} />}
      {found && <LabelList found={found} />}
      <Said />
    </div>
  );
}

const VERDICTS: Record<string, string> = {
  better: word("Better, beyond chance"),
  worse: word("Worse, beyond chance"),
  "no difference": word("No difference that could be told"),
  "too few to tell": word("Too few artists to tell yet"),
};

function Gain({ found }: { found: Learned }) {
  const { left_out } = found;
  return (
    <>
      <p class="lead" role="status">
        <strong>{say("{n} tracks changed", { n: number(found.n_changed) })}</strong>{" "}
        <span class="quiet">
          {say("of {n}, from {told} that were told", {
            n: number(found.n_tracks),
            told: number(found.n_told),
          })}
        </span>
      </p>
      {left_out.n > 0 && (
        <Intervals
          title={say("Right about artists that were left out")}
          label={say("before {before}, after {after}", {
            before: share(left_out, "right_before"),
            after: share(left_out, "right_after"),
          })}
          names={[say("share that is right")]}
          rows={rowsOf(left_out)}
          domain={[0, 1]}
          digits={2}
          note={say(VERDICTS[left_out.verdict] ?? left_out.verdict)}
        />
      )}
      {left_out.n > 0 && (
        <p class="hint">
          {say("{mended} became right, {broken} became wrong.", {
            mended: left_out.mended,
            broken: left_out.broken,
          })}
        </p>
      )}
      {found.notes.map((note) => (
        <p class="hint" key={note}>
          {note}
        </p>
      ))}
    </>
  );
}

function share(one: LeftOut, which: "right_before" | "right_after"): string {
  return percent(one[which] / one.n);
}

function rowsOf(one: LeftOut): IntervalRow[] {
  return [
    { name: say("before"), main: { value: one.right_before / one.n, low: null, high: null } },
    { name: say("after"), main: { value: one.right_after / one.n, low: one.low, high: one.high } },
  ];
}

const MOST_CHANGES = 12;

function Changes({ found }: { found: Learned }) {
  if (!found.changes.length) return null;
  return (
    <section class="card stack" aria-labelledby="changes">
      <h2 id="changes">{say("Tracks that changed")}</h2>
      <ul class="changes">
        {found.changes.slice(0, MOST_CHANGES).map((one) => (
          <li key={one.id}>
            <a href={`/tracks/${one.id}`} class="ellipsis">
              {one.track}
            </a>
            <span>
              <s class="quiet">{namedAll(one.before) || "–"}</s> →{" "}
              <strong>{namedAll(one.after) || "–"}</strong>{" "}
              <span class="quiet tabular">{percent(one.sure)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const MOST_LABELS = 12;

function LabelList({ found }: { found: Learned }) {
  const given = found.labels.filter((row) => row.holds + row.denied > 0).slice(0, MOST_LABELS);
  const most = Math.max(1, ...given.map((row) => row.holds + row.denied));
  return (
    <section class="card bars" aria-labelledby="given">
      <h2 id="given">{say("Examples")}</h2>
      {given.map((row) => (
        <Meter
          key={row.label}
          label={named(row.label)}
          share={row.holds / most}
          text={row.learned || row.known ? number(row.holds) : say("{n} of 3", { n: row.holds })}
          quiet={!row.learned && !row.known}
        />
      ))}
    </section>
  );
}

function Said() {
  if (!told.value.length) return null;
  return (
    <details class="card">
      <summary>{say("What was said ({n})", { n: told.value.length })}</summary>
      <ul class="said-list">
        {told.value.map((one) => (
          <li key={one.id}>
            <span class="ellipsis">{one.title ?? one.path.split("/").pop()}</span>
            <span>{one.holds ? named(one.label) : say("not {label}", { label: named(one.label) })}</span>
            <IconButton
              icon="trash"
              size={16}
              label={say("Take back: {label}", { label: named(one.label) })}
              onClick={() => takeBack(one.id)}
            />
          </li>
        ))}
      </ul>
    </details>
  );
}
