import { useSignal } from "@preact/signals";
import { post } from "../../api";
import { Button, Dialog, ErrorBox, tell } from "../../parts";
import { go } from "../../router";
import { say } from "../../words";

interface CorrectProps {
  id: number;
  vocabulary: string;
  labels: string[];
  onClose: () => void;
}

/** One click says what it is. */
export function Correct({ id, vocabulary, labels, onClose }: CorrectProps) {
  const failed = useSignal<unknown>(undefined);
  const correct = async (label: string) => {
    try {
      await post("/corrections", { track: id, vocabulary, label });
      tell(say("Noted: {label}", { label }), { text: say("Let the model learn"), act: () => go("/labels") });
      onClose();
    } catch (error) {
      failed.value = error;
    }
  };
  return (
    <Dialog title={say("What is it really?")} onClose={onClose}>
      {failed.value !== undefined && <ErrorBox error={failed.value} />}
      <div class="chips">
        {labels.map((label) => (
          <Button key={label} onClick={() => correct(label)}>
            {label}
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
