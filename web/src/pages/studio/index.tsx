/** Where models are judged, compared and trained. */
import { useSignal } from "@preact/signals";
import { get, type Job, post } from "../../api";
import { useLoaded } from "../../loaded";
import { Button, ErrorBox, Loading, tellProblem } from "../../parts";
import { Runs } from "../../parts/Runs";
import { Segments } from "../../parts/Segments";
import { go } from "../../router";
import { say } from "../../words";
import { DataStep } from "./data";
import { change, chosen, dataset, draft, request, type Work } from "./draft";
import { ModelStep } from "./models";
import { ProtocolStep } from "./protocol";
import "./studio.css";
import type { Studio } from "./types";
import { workName } from "./words";

const WORKS: Work[] = ["evaluate", "compare", "train"];

export default function StudioPage() {
  const studio = useLoaded((abort) => get<Studio>("/studio", {}, abort), []);
  return (
    <div class="page studio">
      <header class="page-head">
        <h1>{say("Training studio")}</h1>
        <p class="quiet">{say("Judge models honestly, compare them, and train one of your own.")}</p>
      </header>
      <div class="studio-columns">
        <div>
          {studio.error.value !== undefined && <ErrorBox error={studio.error.value} retry={studio.again} />}
          {studio.data.value ? <Steps studio={studio.data.value} /> : studio.loading.value && <Loading />}
        </div>
        <aside aria-labelledby="runs">
          <h2 id="runs">{say("Runs")}</h2>
          <Runs kinds={WORKS} base="/studio" name={runName} />
        </aside>
      </div>
    </div>
  );
}

function runName(job: Job): string {
  const asked = job.request as { model?: string; models?: string[] | string } | null;
  const models = asked?.model ?? (Array.isArray(asked?.models) ? asked.models.join(", ") : "");
  return [workName(job.kind), models].filter(Boolean).join(" · ");
}

function Steps({ studio }: { studio: Studio }) {
  return (
    <form class="steps" onSubmit={(event) => event.preventDefault()}>
      <Segments<Work>
        label={say("What to do")}
        value={draft.value.work}
        onChange={(work) => change({ work })}
        choices={WORKS.map((value) => ({ value, text: workName(value) }))}
      />
      <p class="quiet">{told(draft.value.work)}</p>
      <DataStep studio={studio} />
      <ModelStep studio={studio} />
      <ProtocolStep studio={studio} />
      <Start />
    </form>
  );
}

function told(work: Work): string {
  if (work === "compare")
    return say("Several models on the same rows: which is best, and is the difference more than chance?");
  if (work === "train") return say("Judge one model, then train it on everything and keep it as a bundle.");
  return say("How good is a model on music of artists that it has not heard?");
}

function Start() {
  const busy = useSignal(false);
  const start = async () => {
    busy.value = true;
    try {
      const job = await post<Job>(`/jobs/${draft.value.work}`, request.value);
      go(`/studio/${job.id}`);
    } catch (error) {
      tellProblem(error);
    }
    busy.value = false;
  };
  return (
    <div class="start">
      <Button kind="main" icon="play" disabled={!request.value} busy={busy.value} onClick={start}>
        {say("Start")}
      </Button>
      <span class="quiet">{missing()}</span>
    </div>
  );
}

function incomplete(work: Work): string {
  if (work === "compare") return say("Choose two models or more.");
  return chosen.value.length ? say("Give the model a name.") : say("Choose a model.");
}

/** What keeps it from being started, in words. */
function missing(): string {
  if (!dataset.value) return say("Choose what to learn from first.");
  if (!request.value) return incomplete(draft.value.work);
  return chosen.value.join(", ");
}
