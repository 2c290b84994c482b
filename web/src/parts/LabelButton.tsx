import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { post, remove } from "../api";
import { named, say } from "../words";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";
import { tell, tellProblem } from "./Toast";

interface LabelButtonProps {
  /** Number of the track. */
  track: number;
  vocabulary: string;
  /** What is said of it now. */
  label?: string;
  /** What it may be instead: one click each. */
  choices?: readonly string[];
  onDone?: () => void;
}

/** Corrects a label: a click on the right one, or another in words; it can be undone. */
export function LabelButton({ track, vocabulary, label, choices = [], onDone }: LabelButtonProps) {
  const open = useSignal(false);
  const close = () => {
    open.value = false;
  };
  const give = async (said: string) => {
    close();
    const wrong = label && label !== said ? { instead_of: label } : {};
    try {
      await post("/corrections", { track, vocabulary, label: said, ...wrong });
      tell(say("Kept: {label}", { label: named(said) }), {
        text: say("Undo"),
        act: () => remove("/corrections", { vocabulary }).then(onDone, tellProblem),
      });
      onDone?.();
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <>
      <Button
        kind="quiet"
        icon="edit"
        onClick={() => {
          open.value = true;
        }}
      >
        {say("Correct it")}
      </Button>
      {open.value && (
        <Dialog title={say("What is it really?")} onClose={close}>
          <div class="chips">
            {choices.map((choice) => (
              <button
                type="button"
                class="chip"
                key={choice}
                aria-pressed={choice === label}
                onClick={() => give(choice)}
              >
                {named(choice)}
              </button>
            ))}
          </div>
          <OwnLabel onGive={give} known={choices} />
          <a href="/labels">{say("Teach the model more")}</a>
        </Dialog>
      )}
    </>
  );
}

interface OwnLabelProps {
  onGive: (label: string) => void;
  /** Labels that are offered while one types. */
  known?: readonly string[];
  /** Buttons beside its own. */
  children?: ComponentChildren;
}

/** A label in one's own words; one that is known may be called what the page calls it. */
export function OwnLabel({ onGive, known = [], children }: OwnLabelProps) {
  const own = useSignal("");
  const list = useId();
  const text = own.value.trim();
  const label = known.find((one) => named(one) === text) ?? text;
  return (
    <form
      class="row own-label"
      onSubmit={(event) => {
        event.preventDefault();
        if (label) onGive(label);
      }}
    >
      <Field
        label={say("Another label")}
        bare
        placeholder={say("another label")}
        maxLength={100}
        list={list}
        value={own.value}
        onInput={(text) => {
          own.value = text;
        }}
      />
      <datalist id={list}>
        {known.map((one) => (
          <option key={one} value={named(one)} />
        ))}
      </datalist>
      <Button type="submit" disabled={!label}>
        {say("It is this")}
      </Button>
      {children}
    </form>
  );
}
