/** The track that is asked about, and the labels that it may have. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, type Page } from "../../api";
import { useLoaded } from "../../loaded";
import { Button, Field, Loading, PlayButton, TrackCell } from "../../parts";
import { OwnLabel } from "../../parts/LabelButton";
import { titleOf } from "../../track";
import type { Track } from "../../types";
import { named, percent, say } from "../../words";
import { answer, blank, labels, learning, questions, skip, undo, vocabulary } from "./teaching";
import type { Question } from "./types";

const MOST_BUTTONS = 9;

export function AskCard() {
  const chosen = useSignal<Track | null>(null);
  const finding = useSignal(false);
  useKeys({ u: undo });
  const next = questions.value[0];
  const pick = (track: Track) => {
    chosen.value = track;
  };
  useEffect(() => {
    chosen.value = null;
  }, [vocabulary.value]);
  // who begins with examples goes on with examples
  useEffect(() => {
    if (blank.value) finding.value = true;
  }, [blank.value]);
  const asked = chosen.value ? { id: chosen.value.id } : next;
  return (
    <section class="card stack ask" aria-labelledby="ask">
      <h2 id="ask">{say("What is this?")}</h2>
      {asked ? (
        <Asked
          key={asked.id}
          id={asked.id}
          question={chosen.value ? undefined : next}
          onDone={() => {
            chosen.value = null;
          }}
        />
      ) : (
        <Nobody />
      )}
      <details
        class="more"
        open={finding.value}
        onToggle={(event) => {
          finding.value = event.currentTarget.open;
        }}
      >
        <summary>{say("Another track")}</summary>
        <Finder onPick={pick} />
      </details>
    </section>
  );
}

function Nobody() {
  if (blank.value) {
    return (
      <p class="quiet">
        {say(
          "Nothing is known in this vocabulary yet. Find tracks and say what they are: three examples of a label are enough to learn it.",
        )}
      </p>
    );
  }
  if (learning.value) return <Loading />;
  return <p class="quiet">{say("There is nothing left to ask.")}</p>;
}

interface AskedProps {
  id: number;
  question?: Question;
  onDone: () => void;
}

function Asked({ id, question, onDone }: AskedProps) {
  const found = useLoaded((abort) => get<Track>(`/tracks/${id}`, {}, abort), [id]);
  const shown = ordered(question).slice(0, MOST_BUTTONS);
  const give = (label: string) => {
    onDone();
    answer(id, label, question?.label);
  };
  useKeys({
    ...Object.fromEntries(shown.map((label, place) => [String(place + 1), () => give(label)])),
    s: () => skip(id),
  });
  const track = found.data.value;
  return (
    <>
      <div class="ask-track">
        {track && <PlayButton track={track} at_s={(track.duration_s ?? 0) / 3} />}
        <div>
          <a href={`/tracks/${id}`} class="ask-title">
            {track ? titleOf(track) : (question?.track ?? "…")}
          </a>
          <p class="quiet">{track?.artist}</p>
        </div>
      </div>
      {question && (
        <p>
          {say("The model says {label}, {share} sure.", {
            label: named(question.label),
            share: percent(question.probability),
          })}
        </p>
      )}
      <fieldset class="label-buttons">
        <legend class="unseen">{say("What is this?")}</legend>
        {shown.map((label, place) => (
          <button
            type="button"
            key={label}
            class="label-button"
            onClick={() => give(label)}
            aria-keyshortcuts={String(place + 1)}
          >
            <span class="key" aria-hidden="true">
              {place + 1}
            </span>
            {named(label)}
          </button>
        ))}
      </fieldset>
      <OwnLabel onGive={give} known={labels.value}>
        <Button kind="quiet" onClick={() => skip(id)} aria-keyshortcuts="s">
          {say("Skip (S)")}
        </Button>
        <Button kind="quiet" icon="undo" onClick={undo} aria-keyshortcuts="u">
          {say("Undo (U)")}
        </Button>
      </OwnLabel>
    </>
  );
}

/** What the model holds it to be first, then all others. */
function ordered(question?: Question): string[] {
  const likely = [question?.label, question?.alternative].filter((label): label is string => Boolean(label));
  return [...new Set([...likely, ...labels.value])];
}

/** Keys that act wherever nothing is typed. */
function useKeys(keys: Record<string, () => void>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const typed = (event.target as Element).closest("input, textarea, select, dialog");
      const act = keys[event.key.toLowerCase()];
      if (!act || typed || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  });
}

const MOST_FOUND = 8;

function Finder({ onPick }: { onPick: (track: Track) => void }) {
  const query = useSignal("");
  const found = useLoaded(
    (abort) => get<Page<Track>>("/tracks", { query: query.value, limit: MOST_FOUND }, abort),
    [query.value],
  );
  return (
    <div class="stack">
      <Field
        label={say("Find a track")}
        type="search"
        value={query.value}
        onInput={(text) => {
          query.value = text;
        }}
      />
      <ul class="found">
        {found.data.value?.items.map((track) => (
          <li key={track.id}>
            <TrackCell track={track} />
            <Button
              kind="quiet"
              onClick={() => onPick(track)}
              aria-label={`${say("Label it")}: ${titleOf(track)}`}
            >
              {say("Label it")}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
