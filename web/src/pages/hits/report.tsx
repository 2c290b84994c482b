/** One report: its stages while it is made, and then what it says. */
import { cancelJob, ended, type Job } from "../../api";
import { useJob } from "../../jobs";
import { ErrorBox, Icon, JobProgress, Loading, tellProblem } from "../../parts";
import { Document, Downloads } from "../../parts/Document";
import type { PageProps } from "../../routes";
import { number, say, when, word } from "../../words";
import { reportName, STAGES } from "./index";
import "../studio/studio.css";
import "./hits.css";

interface Stage {
  stage: string;
  state: string;
  why: string;
  seconds: number;
}

interface Report {
  stages: Stage[];
  findings: { kind: string; text: string }[];
  failures: { stage: string; item: string; why: string }[];
}

export default function ReportPage({ params }: PageProps) {
  const { job, error } = useJob<Report>(params.job ?? "");
  if (error.value !== undefined) return <ErrorBox error={error.value} />;
  const now = job.value;
  if (!now) return <Loading />;
  return (
    <div class="page studio">
      <header class="page-head">
        <a href="/hits" class="small">
          ← {say("Hits")}
        </a>
        <h1>{reportName(now as unknown as Job)}</h1>
        <p class="quiet">{when(now.created_at)}</p>
      </header>
      <section class="card stack" aria-label={say("How far it is")}>
        <JobProgress job={now as unknown as Job} onCancel={() => cancelJob(now.id).catch(tellProblem)} />
        <Stages job={now} />
        {now.error && <ErrorBox error={new Error(now.error.message)} />}
      </section>
      {now.result && <Told job={now} report={now.result} />}
    </div>
  );
}

const STATES: Record<string, string> = {
  done: word("done"),
  kept: word("kept from an earlier run"),
  skipped: word("not wanted"),
  "not done": word("not possible here"),
  failed: word("failed"),
};

/** The stages in their order: what became of each, and which one it is at. */
function Stages({ job }: { job: Job<Report> }) {
  const told = new Map(job.result?.stages.map((one) => [one.stage, one]) ?? []);
  const names = Object.keys(STAGES);
  const at = ended(job as unknown as Job) ? -1 : names.indexOf(stageOf(job));
  return (
    <ol class="stages">
      {names.map((name, place) => {
        const one = told.get(name);
        const state = one?.state ?? (place < at ? "done" : place === at ? "running" : "waiting");
        return (
          <li
            key={name}
            class={`stage ${state.replace(" ", "-")}`}
            aria-current={place === at ? "step" : undefined}
            title={one?.why}
          >
            <span class="stage-mark">
              {state === "done" || state === "kept" ? (
                <Icon name="check" size={14} />
              ) : state === "failed" ? (
                "!"
              ) : (
                place + 1
              )}
            </span>
            <span>{say(STAGES[name] ?? name)}</span>
            {one && (
              <span class="quiet small tabular">
                {one.state === "done"
                  ? say("{n} s", { n: number(one.seconds, 1) })
                  : say(STATES[one.state] ?? one.state)}
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** The stage that a running job says it is at: `3/8 describe`. */
function stageOf(job: Job<Report>): string {
  return job.progress?.stage?.split(" ").pop() ?? "";
}

const KINDS: Record<string, string> = {
  differs: word("What stands out"),
  sure: word("How sure it is"),
  unknown: word("What cannot be told"),
};

function Told({ job, report }: { job: Job<Report>; report: Report }) {
  const kinds = [...new Set(report.findings.map((one) => one.kind))];
  return (
    <>
      <div class="findings">
        {kinds.map((kind) => (
          <section key={kind} class="card" aria-labelledby={`kind-${kind}`}>
            <h2 id={`kind-${kind}`}>{say(KINDS[kind] ?? kind)}</h2>
            <ul>
              {report.findings
                .filter((one) => one.kind === kind)
                .map((one) => (
                  <li key={one.text}>{one.text}</li>
                ))}
            </ul>
          </section>
        ))}
      </div>
      {report.failures.length > 0 && <Failures report={report} />}
      <section class="card stack" aria-labelledby="whole">
        <h2 id="whole">{say("The whole report")}</h2>
        <Document job={job as unknown as Job} name="report.html" title={say("The whole report")} />
        <Downloads job={job as unknown as Job} />
      </section>
    </>
  );
}

const MOST_FAILURES = 20;

function Failures({ report }: { report: Report }) {
  return (
    <details class="card">
      <summary>{say("What was not done: {n}", { n: report.failures.length })}</summary>
      <ul class="small">
        {report.failures.slice(0, MOST_FAILURES).map((one) => (
          <li key={`${one.stage}${one.item}${one.why}`}>
            {[say(STAGES[one.stage] ?? one.stage), one.item, one.why].filter(Boolean).join(": ")}
          </li>
        ))}
      </ul>
    </details>
  );
}
