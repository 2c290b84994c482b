import { css, OUTLINES } from "@map/palette.js";
import { amount } from "@map/words.js";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../parts";
import { named, number, say } from "../../words";
import type { Atlas } from "./atlas";

/** What the colours mean: every group with its count; a click hides it, a double click shows it alone. */
export function Legend({ atlas }: { atlas: Atlas }) {
  void atlas.looks.value;
  const column = atlas.column.value;
  if (!column) return null;
  const { map } = atlas;
  const entries = Array.from(column.counts, (n, at) => ({ n, at })).filter(({ n }) => n > 0);
  return (
    <section class="legend" aria-label={say("Legend: {name}", { name: column.label })}>
      {column.isAmount && <Scale atlas={atlas} />}
      <ul>
        {entries.map(({ n, at }) => (
          <li key={`${column.name}-${at}`}>
            <button
              type="button"
              aria-pressed={!map.hidden.has(at)}
              title={say("A click hides or shows it, a double click shows it alone")}
              onClick={(event) => map.toggle(at, event.shiftKey)}
              onDblClick={() => map.toggle(at, true)}
            >
              <Swatch atlas={atlas} at={at} />
              <span class="ellipsis" dir="auto">
                {named(column.entry(at))}
              </span>
              <span class="tabular quiet small">{number(n)}</span>
            </button>
          </li>
        ))}
      </ul>
      {map.hidden.size > 0 && (
        <Button kind="quiet" onClick={() => map.showAll()}>
          {say("Show every group")}
        </Button>
      )}
    </section>
  );
}

function Swatch({ atlas, at }: { atlas: Atlas; at: number }) {
  const look = atlas.map.column.look(at, atlas.map.palette);
  return (
    <svg width="13" height="13" viewBox="0 0 12 12" aria-hidden="true">
      <path d={OUTLINES[look.shape]} fill={css(look.colour)} />
    </svg>
  );
}

const STOPS = 9;

/** From which number to which the colours run. */
function Scale({ atlas }: { atlas: Atlas }) {
  const bar = useRef<HTMLDivElement>(null);
  const { column, palette } = atlas.map;
  useEffect(() => {
    const stops = Array.from({ length: STOPS }, (_, k) =>
      css(palette.ramp[Math.round((k / (STOPS - 1)) * (palette.ramp.length - 1))] ?? palette.grey),
    );
    bar.current?.style.setProperty("background", `linear-gradient(90deg, ${stops.join(", ")})`);
  }, [palette]);
  if (!column.isAmount) return null;
  const { low, high, floor, ceiling, digits } = column;
  return (
    <div class="scale">
      <div ref={bar} class="scale-bar" />
      <p class="row between small quiet tabular">
        <span>{`${low > floor ? "≤ " : ""}${amount(low, digits)}`}</span>
        <span>{`${high < ceiling ? "≥ " : ""}${amount(high, digits)}`}</span>
      </p>
    </div>
  );
}
