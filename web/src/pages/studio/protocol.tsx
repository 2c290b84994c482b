/** The third step: how the model is judged. */
import { Check, Field } from "../../parts";
import { say } from "../../words";
import { change, draft, seen } from "./draft";
import type { Studio } from "./types";
import { protocolName } from "./words";

export function ProtocolStep({ studio }: { studio: Studio }) {
  const { work, protocol, folds, besideRandom, learning } = draft.value;
  const honest = seen.value;
  const others = studio.protocols.filter((one) => one.name !== honest?.protocol);
  return (
    <section class="step" aria-labelledby="step-protocol">
      <h2 id="step-protocol">{say("3. How it is judged")}</h2>
      <fieldset class="choices">
        <legend class="unseen">{say("Protocol")}</legend>
        <Choice
          value=""
          chosen={protocol}
          name={honest ? protocolName(honest.protocol) : say("The most honest one")}
          told={honest?.why || say("the most honest that the data allow")}
          badge={<span class="badge good">{say("honest")}</span>}
        />
        {others.map((one) => (
          <Choice
            key={one.name}
            value={one.name}
            chosen={protocol}
            name={protocolName(one.name)}
            told={say(one.summary)}
            badge={one.inflated && <span class="badge bad">{say("inflated")}</span>}
          />
        ))}
      </fieldset>
      <div class="step-fields two">
        <Field
          label={say("Folds")}
          type="number"
          min={2}
          max={20}
          value={folds}
          onInput={(value) => change({ folds: bounded(value, 2, 20) })}
        />
        {work !== "train" && <Seeds />}
        {work === "evaluate" && (
          <>
            <Check
              label={say("Show the inflated figures of random rows beside")}
              checked={besideRandom}
              onChange={(yes) => change({ besideRandom: yes })}
            />
            <Check
              label={say("What more examples would bring")}
              checked={learning}
              onChange={(yes) => change({ learning: yes })}
            />
          </>
        )}
        {work === "train" && (
          <Field
            label={say("Name of the model")}
            value={draft.value.name}
            onInput={(name) => change({ name })}
          />
        )}
      </div>
    </section>
  );
}

function Seeds() {
  return (
    <Field
      label={say("Seeds")}
      hint={say("Everything is drawn and fitted anew for each; figures are means")}
      type="number"
      min={1}
      max={10}
      value={draft.value.seeds}
      onInput={(value) => change({ seeds: bounded(value, 1, 10) })}
    />
  );
}

function bounded(text: string, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(Number(text)) || least));
}

interface ChoiceProps {
  value: string;
  chosen: string;
  name: string;
  told: string;
  badge?: preact.ComponentChildren;
}

function Choice({ value, chosen, name, told, badge }: ChoiceProps) {
  return (
    <label class={value === chosen ? "choice chosen" : "choice"}>
      <input
        type="radio"
        name="protocol"
        checked={value === chosen}
        onChange={() => change({ protocol: value })}
      />
      <span class="choice-name">
        {name} {badge}
      </span>
      <span class="choice-told">{told}</span>
    </label>
  );
}
