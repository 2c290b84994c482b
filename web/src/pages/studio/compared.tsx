/** Models side by side. */
import { type Job, post } from "../../api";
import { Button, type Tab, Tabs, tellProblem } from "../../parts";
import { Intervals, told } from "../../parts/charts/Intervals";
import { Scroll } from "../../parts/charts/Scroll";
import { Document, Downloads } from "../../parts/Document";
import { go, remember, search } from "../../router";
import { number, say } from "../../words";
import { how, Warnings } from "./evaluated";
import type { Comparison, Compared as Row } from "./types";
import { figureName, protocolName } from "./words";

export function Compared({ job }: { job: Job<Comparison> }) {
  const found = job.result as Comparison;
  const tabs: Tab[] = [
    { id: "models", text: say("Models"), inside: () => <Models job={job} found={found} /> },
    {
      id: "report",
      text: say("Full report"),
      inside: () => <Document job={job as unknown as Job} name="report.html" title={say("Full report")} />,
    },
  ];
  return (
    <>
      <Warnings texts={found.warnings} failed={found.failed} />
      <section class="card" aria-label={say("What came of it")}>
        <Tabs
          label={say("Views of the report")}
          tabs={tabs}
          chosen={search.value.get("view") ?? "models"}
          onChoose={(view) => remember({ view })}
        />
      </section>
      <Downloads job={job as unknown as Job} />
    </>
  );
}

function Models({ job, found }: { job: Job<Comparison>; found: Comparison }) {
  const judged = found.rows.filter((row) => row.judged);
  const best = judged[0]?.judged;
  if (!best) return null;
  const rows = judged.map((row) => ({
    name: row.model,
    hint: row.input,
    main: row.judged?.figures[found.metric] ?? { value: null, low: null, high: null },
  }));
  return (
    <div class="stack">
      <p class="lead">
        <strong>{verdict(found.rows)}</strong> {how(best)}
      </p>
      <Intervals
        title={`${figureName(found.metric)}, 95 %`}
        label={rows.map((row) => `${row.name} ${told(row.main)}`).join("; ")}
        rows={rows}
        names={[protocolName(best.protocol)]}
      />
      <Differences job={job} found={found} />
      {found.left_out.length > 0 && (
        <details>
          <summary>{say("Models that were left out: {n}", { n: found.left_out.length })}</summary>
          <ul class="small quiet">
            {found.left_out.map(([name, why]) => (
              <li key={name}>
                {name}: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const LEVEL = 0.05;

function verdict(rows: readonly Row[]): string {
  const [best, ...others] = rows.filter((row) => row.judged);
  const alike = others.filter((row) => (row.p_holm ?? 1) > LEVEL).map((row) => row.model);
  if (!best) return "";
  if (!others.length) return best.model;
  if (!alike.length) return say("{best} is best, beyond chance", { best: best.model });
  return say("{best} is ahead, but chance may explain what it is ahead of {others}", {
    best: best.model,
    others: alike.join(", "),
  });
}

function Differences({ job, found }: { job: Job<Comparison>; found: Comparison }) {
  return (
    <Scroll label={say("Differences to the best")}>
      <table class="sheet">
        <thead>
          <tr>
            <th scope="col">{say("Model")}</th>
            <th scope="col">{say("Behind the best")}</th>
            <th scope="col">p</th>
            <th scope="col">{say("Training")}</th>
            <th scope="col">
              <span class="unseen">{say("Train it")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.rows.map((row) => (
            <tr key={row.recipe}>
              <th scope="row">{row.model}</th>
              <td class="tabular">
                {row.error ? (
                  <span class="bad">{row.error.message}</span>
                ) : row.behind_best ? (
                  told(row.behind_best)
                ) : (
                  say("the best")
                )}
              </td>
              <td class="tabular">{row.p_holm === null ? "–" : number(row.p_holm, 3)}</td>
              <td class="tabular">
                {row.judged ? say("{n} s", { n: number(row.judged.train_seconds, 1) }) : "–"}
              </td>
              <td>
                {row.judged && (
                  <Button
                    kind="quiet"
                    onClick={() => trainOn(job, row.model)}
                    aria-label={`${say("Train it")}: ${row.model}`}
                  >
                    {say("Train it")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Trains one of the models on what they were compared on. */
async function trainOn(job: Job<Comparison>, model: string): Promise<void> {
  const { models: _, seeds: __, ...common } = job.request as Record<string, unknown>;
  const name = `${job.result?.label}-${model}-${job.id.slice(0, 4)}`.replace(/[^\p{L}\p{N}_.-]+/gu, "-");
  try {
    const started = await post<Job>("/jobs/train", { ...common, model, name });
    go(`/studio/${started.id}`);
  } catch (error) {
    tellProblem(error);
  }
}
