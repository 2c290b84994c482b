import { useSignal } from "@preact/signals";
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
  const own = useSignal("");
  const id = useId();
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
          <form
            id={id}
            class="row"
            onSubmit={(event) => {
              event.preventDefault();
              if (own.value.trim()) give(own.value.trim());
            }}
          >
            <Field
              label={say("Another label")}
              maxLength={100}
              value={own.value}
              onInput={(text) => {
                own.value = text;
              }}
            />
            <Button kind="main" type="submit" disabled={!own.value.trim()}>
              {say("It is this")}
            </Button>
          </form>
          <a href="/labels">{say("Teach the model more")}</a>
        </Dialog>
      )}
    </>
  );
}
