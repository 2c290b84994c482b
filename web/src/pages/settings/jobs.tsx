import type { Job } from "../../api";
import { Runs } from "../../parts/Runs";
import { say, word } from "../../words";

const KINDS: Record<string, string> = {
  analyze: word("Hear music"),
  identify: word("Identify"),
  evaluate: word("Judge a model"),
  compare: word("Compare models"),
  train: word("Train a model"),
  predict: word("Ask a model"),
  explain: word("Explain an answer"),
  hits: word("Report on a chart"),
  map: word("Draw the map"),
  backup: word("Back up"),
  tags: word("Write tags"),
};

/** What the server is doing and has done, whoever asked. */
export function JobsInFlight() {
  return (
    <section class="card stack" aria-labelledby="jobs">
      <h2 id="jobs">{say("Jobs")}</h2>
      <Runs name={jobName} />
    </section>
  );
}

function jobName(job: Job): string {
  return say(KINDS[job.kind] ?? job.kind);
}
