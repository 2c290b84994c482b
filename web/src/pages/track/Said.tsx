import { useSignal } from "@preact/signals";
import { Button, Meter } from "../../parts";
import { LabelButton } from "../../parts/LabelButton";
import { named, namedAll, number, percent, say, word } from "../../words";
import type { Analysis, Prediction } from "./types";
import { Why } from "./Why";

const MOST = 5;
const LEAST = 0.02;

const VOCABULARIES: Record<string, string> = {
  genre: word("Genre"),
  mood: word("Mood"),
  valence: word("Valence"),
  arousal: word("Arousal"),
  music: word("Music or not"),
};

/** What a bundle answers: its own name, where nobody knows another. */
export function vocabularyText(name: string): string {
  return say(VOCABULARIES[name] ?? name);
}

/** What the models say of it, how sure they are, why, and a way to correct them. */
export function Said({ analysis }: { analysis: Analysis }) {
  const names = Object.keys(analysis.predictions);
  const asking = useSignal("");
  return (
    <section class="card">
      <h2>{say("What the models say")}</h2>
      {!names.length && (
        <p class="quiet">{say("No model was asked. Run tunelens analyze without --no-models.")}</p>
      )}
      <div class="said">
        {names.map((name) => (
          <Answer
            key={name}
            name={name}
            id={analysis.id}
            said={analysis.predictions[name] as Prediction}
            onWhy={() => {
              asking.value = name;
            }}
          />
        ))}
      </div>
      {asking.value && (
        <Why
          id={analysis.id}
          bundle={asking.value}
          name={vocabularyText(asking.value)}
          duration_s={analysis.duration_s}
          onClose={() => {
            asking.value = "";
          }}
        />
      )}
    </section>
  );
}

interface AnswerProps {
  name: string;
  said: Prediction;
  id: number;
  onWhy: () => void;
}

function Answer({ name, said, id, onWhy }: AnswerProps) {
  const ranked = Object.entries(said.probabilities).sort(([, a], [, b]) => b - a);
  const shown = ranked.filter(([, share], place) => place === 0 || share >= LEAST).slice(0, MOST);
  return (
    <article>
      <header class="row between">
        <h3>{vocabularyText(name)}</h3>
        <span class="row">
          <Button kind="quiet" onClick={onWhy}>
            {say("Why?")}
          </Button>
          <LabelButton
            track={id}
            vocabulary={name}
            label={said.labels[0]}
            choices={Object.keys(said.probabilities)}
          />
        </span>
      </header>
      {said.value !== null && <strong class="tabular">{number(said.value, 2)}</strong>}
      {shown.map(([label, share]) => (
        <Meter key={label} label={named(label)} share={share} quiet={!said.labels.includes(label)} />
      ))}
      <p class="quiet small">{sureness(said)}</p>
    </article>
  );
}

const DOUBTS: Record<string, string> = {
  "": word("Unlike anything the model has learned: it may well be wrong."),
  "unlike anything it was trained on": word("Unlike anything the model has learned: it may well be wrong."),
  "it does not sound like music": word("It does not sound like music."),
  "not sure enough": word("Not sure enough to answer."),
};

/** Why there is no answer, of what the server says of it: `not sure enough: rock 41%`. */
function doubt(why: string): string {
  return say(DOUBTS[why.split(":", 1)[0] ?? ""] ?? why);
}

/** What may be believed of an answer. */
function sureness({ known, why, set, coverage }: Prediction): string {
  if (!known) return doubt(why);
  if (!set.length || coverage === null) return "";
  return say("With {share} confidence among: {labels}", {
    share: percent(coverage),
    labels: namedAll(set),
  });
}
