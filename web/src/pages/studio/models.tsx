/** The second step: what learns. */
import { Check, Field, Select } from "../../parts";
import { number, say } from "../../words";
import { change, draft, seen } from "./draft";
import type { ModelInfo, Studio } from "./types";

/** What a label is, in the words that models use. */
const TASKS: Record<string, string> = { hierarchical: "single" };

export function ModelStep({ studio }: { studio: Studio }) {
  const task = seen.value && (TASKS[seen.value.kind] ?? seen.value.kind);
  const fitting = studio.models.filter((model) => !task || model.tasks.includes(task));
  const several = draft.value.work === "compare";
  return (
    <section class="step" aria-labelledby="step-models">
      <h2 id="step-models">{several ? say("2. Models to compare") : say("2. What learns")}</h2>
      <ModelChoices models={fitting.filter((model) => model.kind === "vector")} several={several} />
      <details class="more">
        <summary>{say("Models that hear order in time (slower)")}</summary>
        <ModelChoices models={fitting.filter((model) => model.kind !== "vector")} several={several} />
      </details>
      <details class="more">
        <summary>{say("More: parameters, input, rare classes, tuning")}</summary>
        <More studio={studio} />
      </details>
    </section>
  );
}

function ModelChoices({ models, several }: { models: readonly ModelInfo[]; several: boolean }) {
  return (
    <fieldset class="choices">
      <legend class="unseen">{say("Models")}</legend>
      {models.map((model) => (
        <ModelChoice key={model.name} model={model} several={several} />
      ))}
    </fieldset>
  );
}

function ModelChoice({ model, several }: { model: ModelInfo; several: boolean }) {
  const { models, own } = draft.value;
  const checked = several ? models.includes(model.name) : models[0] === model.name && !own.trim();
  const toggled = checked ? models.filter((name) => name !== model.name) : [...models, model.name];
  const missing = model.available ? "" : say("needs pip install 'tunelens[{extra}]'", { extra: model.extra });
  return (
    <label class={checked ? "choice chosen" : "choice"}>
      <input
        type={several ? "checkbox" : "radio"}
        name="model"
        checked={checked}
        disabled={!model.available}
        onChange={() => change(several ? { models: toggled } : { models: [model.name], own: "" })}
      />
      <span class="choice-name">{model.name}</span>
      <span class="choice-told">{missing || say(model.summary)}</span>
    </label>
  );
}

function More({ studio }: { studio: Studio }) {
  const { own, input, balance, tune } = draft.value;
  const named = (list: { name: string; summary: string }[]) =>
    list.map((one) => ({ value: one.name, text: `${one.name} – ${say(one.summary)}` }));
  return (
    <div class="step-fields two">
      <Field
        label={say("A model written by hand")}
        placeholder="stack(svm:C=10,forest)"
        value={own}
        onInput={(value) => change({ own: value })}
      />
      <Select
        label={say("What the model is given")}
        value={input}
        onChange={(value) => change({ input: value })}
        choices={[{ value: "", text: say("What suits the model") }, ...named(studio.inputs)]}
      />
      <Select
        label={say("Rare classes")}
        value={balance}
        onChange={(value) => change({ balance: value })}
        choices={named(studio.balancers)}
      />
      <Check
        label={say("Search better parameters inside the training rows ({n} trials)", { n: number(20) })}
        checked={tune > 0}
        onChange={(yes) => change({ tune: yes ? 20 : 0 })}
      />
    </div>
  );
}
