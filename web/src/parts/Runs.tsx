import type { Job } from "../api";
import { ended, remove } from "../api";
import { useJobs } from "../jobs";
import { say, when } from "../words";
import { IconButton } from "./Button";
import "./choose.css";
import { Progress, stateText } from "./Progress";
import { tellProblem } from "./Toast";
import { ErrorBox } from "./Told";

interface RunsProps {
  /** All kinds if left out. */
  kinds?: readonly string[];
  /** The page that shows one: `base`/id; without it there is no link. */
  base?: string;
  name: (job: Job) => string;
}

/** Past jobs and those under way, the latest first. */
export function Runs({ kinds, base, name }: RunsProps) {
  const found = useJobs(kinds);
  const jobs = found.data.value;
  const drop = (job: Job) => remove(`/jobs/${job.id}`).then(found.again, tellProblem);
  if (found.error.value !== undefined) return <ErrorBox error={found.error.value} retry={found.again} />;
  if (!jobs) return null;
  if (!jobs.length) return <p class="quiet">{say("Nothing has been run yet.")}</p>;
  return (
    <ul class="runs">
      {jobs.map((job) => (
        <li key={job.id} class={`run ${job.state}`}>
          <div class="run-told">
            {base ? <a href={`${base}/${job.id}`}>{name(job)}</a> : <span>{name(job)}</span>}
            <span class="quiet">
              {stateText(job)} · {when(job.created_at)}
            </span>
          </div>
          <IconButton
            icon={ended(job) ? "trash" : "close"}
            size={16}
            label={`${ended(job) ? say("Forget this run") : say("Cancel")}: ${name(job)}`}
            onClick={() => drop(job)}
          />
          {!ended(job) && <Progress share={share(job)} label={name(job)} />}
        </li>
      ))}
    </ul>
  );
}

function share(job: Job): number | null {
  return job.progress?.total ? job.progress.done / job.progress.total : null;
}
