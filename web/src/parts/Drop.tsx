import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { type Upload, upload } from "../api";
import { say } from "../words";
import "./choose.css";
import { Icon } from "./Icon";
import { Progress } from "./Progress";
import { tellProblem } from "./Toast";

interface DropProps {
  label: string;
  hint?: string;
  /** As the attribute `accept` of an input has it. */
  accept: string;
  many?: boolean;
  kind: "sound" | "table";
  onUpload: (uploads: Upload[]) => void;
}

/** Where files are dropped or chosen; they are sent one after the other. */
export function Drop({ label, hint, accept, many, kind, onUpload }: DropProps) {
  const id = useId();
  const over = useSignal(false);
  const share = useSignal<number | null>(null);
  const send = async (files: File[]) => {
    const chosen = many ? files : files.slice(0, 1);
    const sent: Upload[] = [];
    for (const [place, file] of chosen.entries()) {
      try {
        sent.push(await upload(file, (part) => (share.value = (place + part) / chosen.length), kind));
      } catch (error) {
        tellProblem(error); // the others are sent all the same
      }
    }
    share.value = null;
    if (sent.length) onUpload(sent);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the input inside does the same
    <div
      class={over.value ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        send([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Icon name="upload" size={26} />
      <input
        id={id}
        class="unseen"
        type="file"
        accept={accept}
        multiple={many}
        onChange={(event) => {
          send([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = ""; // the same file may be chosen again
        }}
      />
      <label for={id}>{label}</label>
      <p class="hint">{hint ?? say("or drop it here")}</p>
      {share.value !== null && <Progress share={share.value} label={say("Sending")} />}
    </div>
  );
}
