/** One run: how far it is, and then what came of it. */
import { cancelJob, ended, type Job } from "../../api";
import { useJob } from "../../jobs";
import { ErrorBox, JobProgress, Loading, type Tab, Tabs, tellProblem } from "../../parts";
import { Document, Downloads } from "../../parts/Document";
import { remember, search } from "../../router";
import type { PageProps } from "../../routes";
import { say, when } from "../../words";
import { Compared } from "./compared";
import { Calibration, Classes, Confusion, Figures, Learning, Mistakes, Warnings } from "./evaluated";
import { Loss } from "./loss";
import "./studio.css";
import { Trained } from "./trained";
import type { Comparison, Evaluation, TrainedResult } from "./types";
import { workName } from "./words";

export default function RunPage({ params }: PageProps) {
  const { job, error } = useJob<unknown>(params.job ?? "");
  if (error.value !== undefined) return <ErrorBox error={error.value} />;
  if (!job.value) return <Loading />;
  const now = job.value as Job;
  return (
    <div class="page studio">
      <header class="page-head">
        <a href="/studio" class="small">
          ← {say("Training studio")}
        </a>
        <h1>{title(now)}</h1>
        <p class="quiet">{when(now.created_at)}</p>
      </header>
      <section class="card stack" aria-label={say("How far it is")}>
        <JobProgress job={now} onCancel={() => cancelJob(now.id).catch(tellProblem)} />
        {now.error && (
          <ErrorBox
            error={new Error(now.error.hint ? `${now.error.message} — ${now.error.hint}` : now.error.message)}
          />
        )}
        {!ended(now) && <Loss job={now} />}
      </section>
      {now.result && <Result job={now} />}
    </div>
  );
}

function title(job: Job): string {
  const asked = job.request as { model?: string; models?: string[] | string } | null;
  const models = asked?.model ?? (Array.isArray(asked?.models) ? asked.models.join(", ") : asked?.models);
  return [workName(job.kind), models].filter(Boolean).join(" · ");
}

function Result({ job }: { job: Job }) {
  if (job.kind === "compare") return <Compared job={job as unknown as Job<Comparison>} />;
  if (job.kind === "train") return <Trained job={job as unknown as Job<TrainedResult>} />;
  return <Evaluated job={job as unknown as Job<Evaluation>} />;
}

function Evaluated({ job }: { job: Job<Evaluation> }) {
  const found = job.result as Evaluation;
  const tabs: Tab[] = [
    { id: "figures", text: say("Figures"), inside: () => <Figures found={found} /> },
    ...(found.confusion
      ? [{ id: "confusion", text: say("Confusion"), inside: () => <Confusion found={found} /> }]
      : []),
    ...(found.per_class.length
      ? [{ id: "classes", text: say("Classes"), inside: () => <Classes found={found} /> }]
      : []),
    ...(found.reliability
      ? [{ id: "calibration", text: say("Calibration"), inside: () => <Calibration found={found} /> }]
      : []),
    ...(found.learning
      ? [{ id: "learning", text: say("More examples"), inside: () => <Learning found={found} /> }]
      : []),
    { id: "mistakes", text: say("Mistakes"), inside: () => <Mistakes found={found} /> },
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
          chosen={search.value.get("view") ?? "figures"}
          onChoose={(view) => remember({ view })}
        />
      </section>
      <Downloads job={job as unknown as Job} />
    </>
  );
}
