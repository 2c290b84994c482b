import type { Job } from "../api";
import { clock, number, say, word } from "../words";
import { Button } from "./Button";

interface BarProps {
  /** 0 to 1; null while nobody knows. */
  share: number | null;
  label: string;
}

/** How far something is. */
export function Progress({ share, label }: BarProps) {
  const known = share === null ? {} : { "aria-valuenow": Math.round(100 * share) };
  return (
    <div
      class={share === null ? "progress unknown" : "progress"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...known}
    >
      <div style={{ width: `${100 * (share ?? 0.3)}%` }} />
    </div>
  );
}

const STATES = () => ({
  queued: say("Waiting"),
  running: say("Running"),
  done: say("Done"),
  failed: say("Failed"),
  cancelled: say("Cancelled"),
});

/** What a job is called in which state. */
export function stateText(job: Pick<Job, "state">): string {
  return STATES()[job.state];
}

/** What services count. */
const WHATS: Record<string, string> = {
  clips: word("clips"),
  epochs: word("rounds"),
  files: word("files"),
  folds: word("folds"),
  models: word("models"),
  songs: word("songs"),
  tracks: word("tracks"),
  trials: word("trials"),
  uploads: word("uploads"),
};

function whatText(what: string): string {
  return say(WHATS[what] ?? what);
}

/** How far a job is, what it is at, and a button that cancels it. */
export function JobProgress({
  job,
  onCancel,
}: {
  job: Pick<Job, "state" | "progress">;
  onCancel?: () => void;
}) {
  const now = job.progress;
  const share = job.state === "done" ? 1 : now?.total ? now.done / now.total : null;
  const alive = job.state === "queued" || job.state === "running";
  return (
    <div class="job-progress">
      <div class="row">
        <strong>{stateText(job)}</strong>
        <span class="quiet ellipsis">
          {now && alive ? [whatText(now.what), now.item].filter(Boolean).join(": ") : ""}
        </span>
        <span class="quiet tabular">
          {now?.total && alive ? `${number(now.done)} / ${number(now.total)}` : ""}
        </span>
        {now?.eta_s != null && alive && (
          <span class="quiet tabular">{say("{time} left", { time: clock(now.eta_s) })}</span>
        )}
        {alive && onCancel && (
          <Button kind="quiet" onClick={onCancel}>
            {say("Cancel")}
          </Button>
        )}
      </div>
      {alive && <Progress share={share} label={whatText(now?.what ?? "") || stateText(job)} />}
    </div>
  );
}
