import { useSignal } from "@preact/signals";
import { get, type Job, runJob } from "../../api";
import { Button, ErrorBox, Icon, JobProgress } from "../../parts";
import { Downloads } from "../../parts/Document";
import { say } from "../../words";

interface Check {
  ok: boolean;
  items?: { name?: string; what?: string; message?: string }[];
  [more: string]: unknown;
}

/** A copy of the library, and whether it is sound. */
export function Upkeep() {
  const error = useSignal<unknown>(undefined);
  const job = useSignal<Job | null>(null);
  const sound = useSignal<Check | null>(null);
  const attempt = async (work: () => Promise<void>) => {
    error.value = undefined;
    await work().catch((problem: unknown) => {
      error.value = problem;
    });
  };
  const backUp = () =>
    attempt(async () => {
      await runJob("backup", {}, (now) => {
        job.value = now as Job;
      });
    });
  const check = () =>
    attempt(async () => {
      sound.value = await get<Check>("/library/check");
    });
  return (
    <section class="card stack" aria-labelledby="upkeep">
      <h2 id="upkeep">{say("Upkeep")}</h2>
      <div class="row">
        <Button icon="download" onClick={backUp}>
          {say("Back the library up")}
        </Button>
        <Button icon="check" onClick={check}>
          {say("Is it sound?")}
        </Button>
      </div>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      {job.value && <JobProgress job={job.value} />}
      {job.value && <Downloads job={job.value} />}
      {sound.value && <Soundness found={sound.value} />}
    </section>
  );
}

function Soundness({ found }: { found: Check }) {
  return (
    <p role="status" class="row">
      <Icon name={found.ok ? "check" : "warning"} />
      {found.ok
        ? say("The library is sound.")
        : say("Something is wrong with the library: tunelens library check tells it.")}
    </p>
  );
}
