/** Where people say what tracks are, and see the model learn. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../../api";
import { useLoaded } from "../../loaded";
import { Button, Field } from "../../parts";
import { named, say } from "../../words";
import { AskCard } from "./ask";
import { Known } from "./known";
import "./labels.css";
import { begin, vocabulary } from "./teaching";

/** Those that `analyze` asks bundles about. */
const USUAL = ["genre", "mood"];

export default function LabelsPage() {
  useEffect(() => {
    begin(vocabulary.value);
  }, []);
  return (
    <div class="page labels">
      <header class="page-head">
        <div>
          <h1>{say("Labels")}</h1>
          <p class="quiet">
            {say("Say what a track is: the library follows at once, and the model learns.")}
          </p>
        </div>
        <Vocabularies />
      </header>
      <div class="labels-columns">
        <AskCard />
        <Known />
      </div>
    </div>
  );
}

/** Which kind of label is taught. */
function Vocabularies() {
  const own = useSignal("");
  const found = useLoaded(
    (abort) => get<{ vocabularies: { name: string }[] }>("/corrections/vocabularies", {}, abort),
    [vocabulary.value],
  );
  const told = found.data.value?.vocabularies.map((one) => one.name) ?? [];
  const names = [...new Set([...USUAL, ...told, vocabulary.value])];
  return (
    <form
      class="row vocabularies"
      onSubmit={(event) => {
        event.preventDefault();
        if (own.value.trim()) begin(own.value.trim().toLowerCase());
        own.value = "";
      }}
    >
      <fieldset class="chips">
        <legend class="unseen">{say("Vocabulary")}</legend>
        {names.map((name) => (
          <button
            type="button"
            class="chip"
            key={name}
            aria-pressed={name === vocabulary.value}
            onClick={() => begin(name)}
          >
            {named(name)}
          </button>
        ))}
      </fieldset>
      <Field
        label={say("A vocabulary of your own")}
        bare
        placeholder={say("your own, say gym")}
        maxLength={60}
        value={own.value}
        onInput={(text) => {
          own.value = text;
        }}
      />
      <Button type="submit" icon="plus" disabled={!own.value.trim()}>
        {say("Begin")}
      </Button>
    </form>
  );
}
