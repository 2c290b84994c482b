/** A model that was trained: what it is worth, and what it says of a track. */
import { useSignal } from "@preact/signals";
import { get, type Job, type Page, post } from "../../api";
import { useLoaded } from "../../loaded";
import { ErrorBox, Field, Loading, Meter, TrackCell } from "../../parts";
import { Intervals, told } from "../../parts/charts/Intervals";
import { Downloads } from "../../parts/Document";
import type { Track } from "../../types";
import { named, namedAll, number, percent, say } from "../../words";
import { Warnings } from "./evaluated";
import type { Prediction, TrainedResult } from "./types";
import { figureHint, figureName } from "./words";

export function Trained({ job }: { job: Job<TrainedResult> }) {
  const found = job.result as TrainedResult;
  const { manifest } = found;
  const rows = Object.entries(manifest.metrics).map(([name, main]) => ({
    name: figureName(name),
    hint: figureHint(name),
    main,
  }));
  return (
    <>
      <Warnings texts={found.warnings} failed={found.failed} />
      <section class="card stack" aria-label={say("What came of it")}>
        <p class="lead">
          <strong>{say("{name} is trained and kept", { name: manifest.name })}</strong>{" "}
          {say("on {n} rows; it says {label}: {classes}", {
            n: number(manifest.n_train),
            label: named(manifest.label),
            classes: namedAll(manifest.classes),
          })}
        </p>
        <Intervals
          title={say("Figures with 95 % intervals")}
          label={rows[0] ? `${rows[0].name}: ${told(rows[0].main)}` : say("Figures")}
          rows={rows}
          names={[manifest.protocol]}
          note={say("Measured on rows that it was not trained on, before it was trained on everything.")}
        />
      </section>
      {manifest.input.name !== "table" && <AskIt bundle={found.name} />}
      <Downloads job={job as unknown as Job} />
    </>
  );
}

const MOST_TRACKS = 6;

/** What the new model says of tracks of the library, at once. */
function AskIt({ bundle }: { bundle: string }) {
  const query = useSignal("");
  const asked = useSignal<Track | null>(null);
  const found = useLoaded(
    (abort) => get<Page<Track>>("/tracks", { query: query.value, limit: MOST_TRACKS }, abort),
    [query.value],
  );
  return (
    <section class="card stack" aria-labelledby="ask-it">
      <h2 id="ask-it">{say("Ask it about a track")}</h2>
      <Field
        label={say("Find a track")}
        type="search"
        value={query.value}
        onInput={(text) => (query.value = text)}
      />
      <ul class="ask-tracks">
        {found.data.value?.items.map((track) => (
          <li key={track.id}>
            <TrackCell track={track} />
            <button
              type="button"
              class="button plain"
              aria-pressed={asked.value?.id === track.id}
              onClick={() => (asked.value = track)}
            >
              {say("Ask")}
            </button>
          </li>
        ))}
      </ul>
      {asked.value && <Said bundle={bundle} track={asked.value} />}
    </section>
  );
}

const MOST_SAID = 6;

function Said({ bundle, track }: { bundle: string; track: Track }) {
  const found = useLoaded(
    (abort) => post<Prediction>("/predict", { bundle, track: track.id }, abort),
    [bundle, track.id],
  );
  if (found.error.value !== undefined) return <ErrorBox error={found.error.value} retry={found.again} />;
  const said = found.data.value;
  if (!said || found.loading.value) return <Loading label={say("It listens…")} />;
  const likely = Object.entries(said.probabilities).slice(0, MOST_SAID);
  return (
    <div class="said" role="status">
      <p class="lead">
        <strong>{headline(said)}</strong> {!said.known && <span class="quiet">{said.why}</span>}
      </p>
      {likely.map(([label, share]) => (
        <Meter key={label} label={named(label)} share={share} />
      ))}
      {said.set.length > 0 && said.coverage !== null && (
        <p class="hint">
          {say("Cannot be ruled out ({share}): {labels}", {
            share: percent(said.coverage),
            labels: namedAll(said.set),
          })}
        </p>
      )}
    </div>
  );
}

function headline(said: Prediction): string {
  if (said.value !== null) return number(said.value, 2);
  return namedAll(said.labels) || say("unknown");
}
