import { type Signal, useSignal } from "@preact/signals";
import { post } from "../../api";
import { Button, Dialog, ErrorBox, Field, Loading, Select, Tabs, TrackCell, tell } from "../../parts";
import { play } from "../../player";
import { go } from "../../router";
import type { Track } from "../../types";
import { clock, number, percent, say } from "../../words";
import { Plane } from "./Plane";
import { SongPicker } from "./SongPicker";
import { type Journey, type Listed, type Made, MOODS, pathOf } from "./types";

/** Makes a playlist of what was heard: a mix, or a journey from one mood to another. */
export function MakeDialog({ onClose }: { onClose: () => void }) {
  const tab = useSignal("journey");
  const tabs = [
    { id: "journey", text: say("Journey"), inside: () => <JourneyForm onClose={onClose} /> },
    { id: "mix", text: say("Mix"), inside: () => <MixForm onClose={onClose} /> },
  ];
  return (
    <Dialog title={say("Make a playlist")} onClose={onClose} wide>
      <Tabs
        label={say("Make a playlist")}
        tabs={tabs}
        chosen={tab.value}
        onChoose={(id) => (tab.value = id)}
      />
    </Dialog>
  );
}

interface Asked<T> {
  made: Signal<T | null>;
  error: Signal<unknown>;
  busy: Signal<boolean>;
  make: (body: object) => Promise<void>;
}

function useMade<T>(): Asked<T> {
  const made = useSignal<T | null>(null);
  const error = useSignal<unknown>(undefined);
  const busy = useSignal(false);
  const make = async (body: object) => {
    busy.value = true;
    error.value = undefined;
    try {
      made.value = await post<T>("/playlists/make", body);
    } catch (problem) {
      error.value = problem;
    }
    busy.value = false;
  };
  return { made, error, busy, make };
}

function JourneyForm({ onClose }: { onClose: () => void }) {
  const start = useSignal("calm");
  const end = useSignal("happy");
  const steps = useSignal("12");
  const where = useSignal("");
  const { made, error, busy, make } = useMade<Journey>();
  const moods = MOODS.map((mood) => ({ value: mood.name as string, text: say(mood.text) }));
  const submit = (event: Event) => {
    event.preventDefault();
    make({
      kind: "journey",
      start: start.value,
      end: end.value,
      steps: Number(steps.value),
      where: where.value,
    });
  };
  return (
    <div class="stack">
      <form class="make-form" onSubmit={submit}>
        <Select
          label={say("From")}
          value={start.value}
          choices={moods}
          onChange={(value) => (start.value = value)}
        />
        <Select
          label={say("To")}
          value={end.value}
          choices={moods}
          onChange={(value) => (end.value = value)}
        />
        <Field
          label={say("Steps")}
          type="number"
          min={2}
          max={100}
          value={steps.value}
          onInput={(value) => (steps.value = value)}
        />
        <Field
          label={say("Only of")}
          placeholder="genre:jazz"
          value={where.value}
          onInput={(value) => (where.value = value)}
        />
        <Button kind="main" type="submit" busy={busy.value}>
          {say("Make")}
        </Button>
      </form>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      {busy.value && !made.value && <Loading />}
      {made.value && <Travelled journey={made.value} onClose={onClose} />}
    </div>
  );
}

function Travelled({ journey, onClose }: { journey: Journey; onClose: () => void }) {
  const lit = useSignal(-1);
  const { steps } = journey;
  const listen = (at: number) => {
    const step = steps[at];
    if (step) play(step, 0, steps);
  };
  return (
    <>
      <div class="journey">
        <Plane steps={steps} lit={lit.value} onLight={(at) => (lit.value = at)} onPlay={listen} />
        <ol class="steps" aria-label={say("Steps")}>
          {steps.map((step, at) => (
            <li key={step.id} class={lit.value === at ? "lit" : ""} onMouseEnter={() => (lit.value = at)}>
              <span class="tabular quiet">{at + 1}</span>
              <TrackCell track={step} among={steps} />
              <span class="tabular quiet small">
                {say("off by {share}", { share: percent(step.deviation) })}
              </span>
            </li>
          ))}
        </ol>
      </div>
      <p class="quiet small">
        {say(
          "{n} songs have a place that a model told, {guessed} one that is guessed from energy and tags.",
          {
            n: number(journey.n_placed),
            guessed: number(journey.n_guessed),
          },
        )}
      </p>
      <Keep tracks={steps} name={journey.title} onClose={onClose} />
    </>
  );
}

function MixForm({ onClose }: { onClose: () => void }) {
  const where = useSignal("");
  const near = useSignal<readonly Track[]>([]);
  const n = useSignal("25");
  const { made, error, busy, make } = useMade<Made>();
  const submit = async (event: Event) => {
    event.preventDefault();
    const tracks = near.value.map((track) => track.id);
    make({ kind: "mix", where: where.value, tracks, n: Number(n.value) });
  };
  return (
    <div class="stack">
      <SongPicker label={say("Near these songs")} chosen={near} />
      <form class="make-form" onSubmit={submit}>
        <Field
          label={say("Only of")}
          placeholder="genre:jazz"
          value={where.value}
          onInput={(value) => (where.value = value)}
        />
        <Field
          label={say("How many")}
          type="number"
          min={1}
          max={1000}
          value={n.value}
          onInput={(value) => (n.value = value)}
        />
        <Button kind="main" type="submit" busy={busy.value}>
          {say("Make")}
        </Button>
      </form>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      {made.value && (
        <>
          <ol class="steps" aria-label={say("Mix")}>
            {made.value.tracks.map((track, at) => (
              <li key={track.id}>
                <span class="tabular quiet">{at + 1}</span>
                <TrackCell track={track} among={made.value?.tracks} />
                <span class="tabular quiet small">{clock(track.duration_s ?? 0)}</span>
              </li>
            ))}
          </ol>
          <Keep tracks={made.value.tracks} name={say("Mix")} onClose={onClose} />
        </>
      )}
    </div>
  );
}

interface KeepProps {
  tracks: readonly Listed[];
  name: string;
  onClose: () => void;
}

/** Keeps under a name what was made. */
function Keep({ tracks, name: first, onClose }: KeepProps) {
  const name = useSignal(first);
  const error = useSignal<unknown>(undefined);
  const keep = async (event: Event) => {
    event.preventDefault();
    try {
      await post("/playlists", { name: name.value, tracks: tracks.map((track) => track.id) });
      tell(say("“{name}” is kept", { name: name.value }));
      onClose();
      go(pathOf(name.value));
    } catch (problem) {
      error.value = problem;
    }
  };
  return (
    <form class="row keep" onSubmit={keep}>
      <div class="grow">
        <Field
          label={say("Name")}
          maxLength={200}
          required
          value={name.value}
          onInput={(value) => (name.value = value)}
        />
      </div>
      <Button kind="main" type="submit" icon="check" disabled={!name.value.trim()}>
        {say("Keep it")}
      </Button>
      {error.value !== undefined && <ErrorBox error={error.value} />}
    </form>
  );
}
