import { number, say } from "../../words";
import { Figure } from "./Figure";
import { linear } from "./scale";

export interface Interval {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface IntervalRow {
  name: string;
  /** What the name means, on hover. */
  hint?: string;
  main: Interval;
  /** Another one below it, drawn hollow: what flatters beside what is honest. */
  beside?: Interval | null;
}

interface IntervalsProps {
  title: string;
  label: string;
  rows: readonly IntervalRow[];
  /** What the full and the hollow marks are. */
  names: [string] | [string, string];
  domain?: [number, number];
  digits?: number;
  note?: string;
}

/** Figures as points on a line with their intervals. */
export function Intervals({ title, label, rows, names, domain, digits = 3, note }: IntervalsProps) {
  const [low, high] = domain ?? domainOf(rows);
  const place = linear([low, high], [0, 100], 4);
  const columns = [say("Figure"), ...names.flatMap((name) => [name, say("from"), say("to")])];
  const cells = (one?: Interval | null) => [one?.value, one?.low, one?.high].map((x) => shown(x, digits));
  const sheet = {
    columns: columns.map((column, index) => (index > 3 && index % 3 !== 1 ? `${column} (2)` : column)),
    rows: rows.map((row) => [row.name, ...cells(row.main), ...(names.length > 1 ? cells(row.beside) : [])]),
  };
  return (
    <Figure title={title} label={label} sheet={sheet} note={note}>
      {names.length > 1 && (
        <div class="legend">
          <span class="mark full">{names[0]}</span>
          <span class="mark hollow">{names[1]}</span>
        </div>
      )}
      <div class="intervals">
        {rows.map((row) => (
          <div class="interval-row" key={row.name}>
            <span class="interval-name" title={row.hint}>
              {row.name}
            </span>
            <svg class="interval-track" height={row.beside ? 30 : 22} width="100%">
              <title>{row.name}</title>
              {place.ticks.map((tick) => (
                <line
                  key={tick}
                  class="grid"
                  x1={`${place(tick)}%`}
                  x2={`${place(tick)}%`}
                  y1="0"
                  y2="100%"
                />
              ))}
              <Mark one={row.main} y={row.beside ? 10 : 11} place={place} kind="full" />
              {row.beside && <Mark one={row.beside} y={22} place={place} kind="hollow" />}
            </svg>
            <span class="interval-text tabular">{told(row.main, digits)}</span>
          </div>
        ))}
        <div class="interval-row axis" aria-hidden="true">
          <span />
          <span class="interval-ticks">
            {place.ticks.map((tick) => (
              <span key={tick} style={{ left: `${place(tick)}%` }}>
                {Number(tick.toPrecision(3))}
              </span>
            ))}
          </span>
          <span />
        </div>
      </div>
    </Figure>
  );
}

interface MarkProps {
  one: Interval;
  y: number;
  place: (value: number) => number;
  kind: "full" | "hollow";
}

function Mark({ one, y, place, kind }: MarkProps) {
  if (one.value === null) return null;
  return (
    <g class={`mark-${kind}`}>
      {one.low !== null && one.high !== null && (
        <line x1={`${place(one.low)}%`} x2={`${place(one.high)}%`} y1={y} y2={y} class="interval-line" />
      )}
      <circle cx={`${place(one.value)}%`} cy={y} r={5} />
    </g>
  );
}

/** From nothing to one where all lie there, else around what there is. */
function domainOf(rows: readonly IntervalRow[]): [number, number] {
  const all = rows
    .flatMap((row) => [row.main, row.beside])
    .flatMap((one) => [one?.value, one?.low, one?.high]);
  const known = all.filter((x): x is number => x !== null && x !== undefined);
  const [low, high] = [Math.min(0, ...known), Math.max(...known, 0)];
  return [low, high <= 1 ? 1 : high * 1.05];
}

function shown(value: number | null | undefined, digits: number): string | null {
  return value === null || value === undefined ? null : number(value, digits);
}

/** A figure with its interval, as a person writes it. */
export function told(one: Interval, digits = 3): string {
  if (one.value === null) return say("not defined");
  const [value, low, high] = [one.value, one.low, one.high].map((x) => shown(x, digits)?.replace("-", "−"));
  return low && high ? `${value} (${low} – ${high})` : (value ?? "");
}
