/** What is known of one model: figures, classes, calibration, mistakes. */
import { useSignal } from "@preact/signals";
import { Icon } from "../../parts";
import { HeatTable } from "../../parts/charts/HeatTable";
import { Intervals, told } from "../../parts/charts/Intervals";
import { Lines } from "../../parts/charts/Lines";
import { Scroll } from "../../parts/charts/Scroll";
import { number, percent, say } from "../../words";
import type { ClassRow, Evaluation, Failed, Judged, Mistake } from "./types";
import { drawnName, figureHint, figureName, LOW_IS_GOOD, protocolName } from "./words";

const MOST_SHOWN = 10;

/** What makes the figures worth less, before the figures. */
export function Warnings({ texts, failed }: { texts: readonly string[]; failed: readonly Failed[] }) {
  if (!texts.length && !failed.length) return null;
  return (
    <section class="card warnings" aria-label={say("Mind")}>
      <ul>
        {texts.map((text) => (
          <li key={text}>
            <Icon name="warning" size={18} />
            <span lang="en">{text}</span>
          </li>
        ))}
      </ul>
      {failed.length > 0 && (
        <details>
          <summary>{say("{n} files could not be heard", { n: number(failed.length) })}</summary>
          <ul class="small">
            {failed.slice(0, MOST_SHOWN).map((one) => (
              <li key={one.path}>
                {one.path}: {one.error.message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

export function Figures({ found }: { found: Evaluation }) {
  const names = Object.keys(found.honest.figures);
  return (
    <div class="stack">
      <Summary found={found} />
      <FigureRows
        found={found}
        title={say("The larger, the better")}
        names={names.filter((name) => !LOW_IS_GOOD.has(name))}
      />
      <FigureRows
        found={found}
        title={say("The smaller, the better")}
        names={names.filter((name) => LOW_IS_GOOD.has(name))}
      />
      <Facts found={found} />
    </div>
  );
}

interface FigureRowsProps {
  found: Evaluation;
  title: string;
  names: readonly string[];
}

/** Figures on one scale, the honest ones full, the inflated ones hollow. */
function FigureRows({ found, title, names }: FigureRowsProps) {
  const { honest, random } = found;
  const rows = names.map((name) => ({
    name: figureName(name),
    hint: figureHint(name),
    main: honest.figures[name] ?? { value: null, low: null, high: null },
    beside: random?.figures[name] ?? null,
  }));
  const main = rows[0];
  if (!main) return null;
  const protocol = protocolName(honest.protocol);
  return (
    <Intervals
      title={title}
      label={`${main.name}: ${told(main.main)}`}
      rows={rows}
      names={
        random ? [protocol, random.inflated ? say("Random rows (inflated)") : say("Random rows")] : [protocol]
      }
      note={say("Lines are 95 % intervals.")}
    />
  );
}

/** The answer in one sentence, and how much a careless one would have flattered. */
function Summary({ found }: { found: Evaluation }) {
  const name = Object.keys(found.honest.figures)[0] ?? "";
  const one = found.honest.figures[name];
  const gain = found.inflation[name];
  if (!one || one.value === null) return null;
  return (
    <p class="lead">
      <strong>
        {figureName(name)} {told(one)}
      </strong>{" "}
      {how(found.honest)}
      {gain != null && gain > 0.005 && (
        <span class="inflation">
          {say("Random rows would have said {value} more: artists stand on both sides there.", {
            value: number(gain, 3),
          })}
        </span>
      )}
    </p>
  );
}

export function how(judged: Judged): string {
  return say("on {n} rows that it was not trained on ({protocol})", {
    n: number(judged.n_test),
    protocol: protocolName(judged.protocol),
  });
}

function Facts({ found }: { found: Evaluation }) {
  const facts: [string, string][] = [
    [say("Dataset"), `${found.dataset} · ${found.label}`],
    [say("Rows"), number(found.n_rows)],
    [say("What the model is given"), found.input],
    [
      say("Kept apart"),
      `${protocolName(found.honest.protocol)} ${found.honest.group && `(${found.honest.group})`}`,
    ],
    [say("Intervals draw"), drawnName(found.honest.drawn)],
    [say("Training"), say("{n} s", { n: number(found.honest.train_seconds, 1) })],
    [say("One answer"), say("{n} ms", { n: number(1000 * found.honest.predict_seconds_per_clip, 2) })],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Confusion({ found }: { found: Evaluation }) {
  return (
    <HeatTable
      title={say("Which class was called which")}
      names={[say("truth"), say("answer")]}
      labels={found.classes}
      counts={found.confusion ?? []}
    />
  );
}

type Column = keyof ClassRow;

const COLUMNS = (): [Column, string][] => [
  ["name", say("Class")],
  ["support", say("Rows")],
  ["said", say("Said")],
  ["precision", say("Precision")],
  ["recall", say("Recall")],
  ["f1", "F1"],
  ["roc_auc", "ROC-AUC"],
  ["average_precision", say("Average precision")],
];

/** The classes as a table that is sorted by a click. */
export function Classes({ found }: { found: Evaluation }) {
  const by = useSignal<Column>("support");
  const down = useSignal(true);
  const rows = [...found.per_class].sort((a, b) => (down.value ? -1 : 1) * order(a[by.value], b[by.value]));
  const sort = (column: Column) => {
    down.value = by.value === column ? !down.value : column !== "name";
    by.value = column;
  };
  return (
    <Scroll label={say("Classes")}>
      <table class="sheet sortable">
        <thead>
          <tr>
            {COLUMNS().map(([column, text]) => (
              <th
                key={column}
                scope="col"
                aria-sort={by.value === column ? (down.value ? "descending" : "ascending") : undefined}
              >
                <button type="button" onClick={() => sort(column)}>
                  {text}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              {COLUMNS().map(([column]) => (
                <td key={column} class={column === "name" ? "" : "tabular"}>
                  {cell(row[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function order(a: string | number | null, b: string | number | null): number {
  if (typeof a === "string" && typeof b === "string") return a.localeCompare(b);
  return Number(a ?? -1) - Number(b ?? -1);
}

function cell(value: string | number | null): string {
  if (value === null) return "–";
  if (typeof value === "string") return value;
  return Number.isInteger(value) && value > 1 ? number(value) : number(value, 3);
}

export function Calibration({ found }: { found: Evaluation }) {
  const bins = found.reliability;
  if (!bins) return null;
  const most = Math.max(...bins.count, 1);
  const points = bins.confidence.flatMap((x, bin) =>
    x === null ? [] : [{ x, y: bins.share[bin] ?? null, size: (bins.count[bin] ?? 0) / most }],
  );
  return (
    <div class="narrow">
      <Lines
        title={say("Is it right as often as it is sure?")}
        label={say("Calibration error {ece}", { ece: number(bins.ece, 3) })}
        series={[{ name: say("answers"), points, dots: true }]}
        x={say("how sure it was")}
        y={say("share that was right")}
        xDomain={[0, 1]}
        yDomain={[0, 1]}
        diagonal
        height={320}
        note={say(
          "On the dashed line confidence is what it claims to be; below it, the model is too sure. Calibration error: {ece}.",
          {
            ece: number(bins.ece, 3),
          },
        )}
      />
    </div>
  );
}

export function Learning({ found }: { found: Evaluation }) {
  const curve = found.learning;
  if (!curve) return null;
  return (
    <Lines
      title={say("What more examples would bring")}
      label={say("{figure} against the number of training rows", { figure: figureName(curve.metric) })}
      series={[
        {
          name: figureName(curve.metric),
          dots: true,
          points: curve.points.map((one) => ({ x: one.n_train, y: one.value, low: one.low, high: one.high })),
        },
      ]}
      x={say("training rows")}
      y={figureName(curve.metric)}
      height={280}
    />
  );
}

export function Mistakes({ found }: { found: Evaluation }) {
  if (!found.mistakes.length) return <p class="quiet">{say("There are none.")}</p>;
  return (
    <div class="stack">
      <p class="quiet">
        {say("Answers of which the model was sure, and wrong: some of them are wrong labels.")}
      </p>
      <ol class="mistakes">
        {found.mistakes.map((one) => (
          <MistakeRow key={`${one.item}${one.said}`} one={one} numbers={found.task === "continuous"} />
        ))}
      </ol>
    </div>
  );
}

function MistakeRow({ one, numbers }: { one: Mistake; numbers: boolean }) {
  const sure = numbers ? number(one.confidence, 3) : percent(one.confidence);
  return (
    <li>
      <span class="ellipsis" title={one.path ?? one.item}>
        {one.path?.split("/").pop() ?? one.item}
      </span>
      <span>
        <span class="bad">{one.said}</span> <span class="quiet tabular">{sure}</span>
      </span>
      <span class="quiet">{say("it is {label}", { label: one.true })}</span>
    </li>
  );
}
