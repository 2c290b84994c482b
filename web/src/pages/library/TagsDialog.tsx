import { useSignal } from "@preact/signals";
import { type Page, post } from "../../api";
import { useLoaded } from "../../loaded";
import { Button, Dialog, ErrorBox, Loading, tell, tellProblem } from "../../parts";
import type { Track } from "../../types";
import { number, percent, say } from "../../words";

interface Change {
  field: string;
  action: string;
  before: string[];
  after: string[];
  confidence: number | null;
  why: string;
}

interface Planned {
  path: string;
  state: string;
  changes?: Change[];
  error?: { message: string };
}

interface Written {
  batch: number | null;
  counts: Record<string, number>;
}

const MOST = 200;

interface TagsDialogProps {
  tracks: readonly Track[];
  onClose: () => void;
}

/** Shows what would be written into the files, and writes it when told to. */
export function TagsDialog({ tracks, onClose }: TagsDialogProps) {
  const numbers = tracks.map((track) => track.id);
  const { data, error } = useLoaded<Page<Planned>>(
    (abort) => post("/tags/plan", { tracks: numbers, limit: MOST }, abort),
    [],
  );
  const busy = useSignal(false);
  const failed = useSignal<unknown>(undefined);
  const files = data.value?.items.filter((file) => file.changes?.some((change) => change.action === "write"));
  const write = async () => {
    busy.value = true;
    try {
      const { batch } = await post<Written>("/tags/write", { tracks: numbers, write: true });
      const undo = () => post("/tags/undo", { batch }).then(() => tell(say("It is as it was")), tellProblem);
      tell(say("Tags are written"), { text: say("Undo"), act: undo });
      onClose();
    } catch (problem) {
      failed.value = problem;
    }
    busy.value = false;
  };
  return (
    <Dialog
      title={say("Write tags")}
      onClose={onClose}
      wide
      actions={
        <Button kind="main" busy={busy.value} disabled={!files?.length} onClick={write}>
          {say("Write into {n} files", { n: number(files?.length ?? 0) })}
        </Button>
      }
    >
      <p class="quiet">
        {say(
          "This is what would be written into the files. Nothing is, until you say so; and it can be undone.",
        )}
      </p>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      {failed.value !== undefined && <ErrorBox error={failed.value} />}
      {!data.value && error.value === undefined && <Loading />}
      {data.value && !files?.length && <p>{say("There is nothing to write.")}</p>}
      <ul class="plan">
        {files?.map((file) => (
          <li key={file.path}>
            <strong class="ellipsis">{file.path.split("/").pop()}</strong>
            <Changes changes={file.changes ?? []} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Changes({ changes }: { changes: Change[] }) {
  return (
    <ul class="small">
      {changes
        .filter((change) => change.action === "write")
        .map((change) => (
          <li key={change.field}>
            <span class="quiet">{change.field}</span> <s>{change.before.join(", ")}</s>{" "}
            <strong>{change.after.join(", ")}</strong>{" "}
            {change.confidence !== null && <span class="quiet">{percent(change.confidence)}</span>}
          </li>
        ))}
    </ul>
  );
}
