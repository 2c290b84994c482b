import { useSignal } from "@preact/signals";
import { get } from "../api";
import { useLoaded } from "../loaded";
import { say } from "../words";
import { Button } from "./Button";
import "./choose.css";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import { ErrorBox, Loading } from "./Told";

interface Entry {
  path: string;
  name: string;
  is_folder: boolean;
  size_bytes: number;
}

export type Wanted = "folder" | "music" | "tables" | "any";

interface PathFieldProps {
  label: string;
  value: string;
  onChange: (path: string) => void;
  wanted: Wanted;
  hint?: string;
}

/** A folder or a file of the server, chosen in a small browser. */
export function PathField({ label, value, onChange, wanted, hint }: PathFieldProps) {
  const open = useSignal(false);
  return (
    <div class="field">
      <span class="field-label">{label}</span>
      <div class="path-field">
        <Icon name="folder" size={18} />
        <span class={value ? "ellipsis" : "ellipsis quiet"} title={value}>
          {value || say("Nothing chosen yet")}
        </span>
        {value && (
          <Button kind="quiet" onClick={() => onChange("")}>
            {say("Clear")}
          </Button>
        )}
        <Button onClick={() => (open.value = true)} aria-label={`${label}: ${say("Browse…")}`}>
          {say("Browse…")}
        </Button>
      </div>
      {hint && <p class="hint">{hint}</p>}
      {open.value && (
        <BrowseDialog
          title={label}
          wanted={wanted}
          onClose={() => (open.value = false)}
          onChoose={(path) => {
            open.value = false;
            onChange(path);
          }}
        />
      )}
    </div>
  );
}

/** What is listed beside folders. */
const FILES: Record<Wanted, string> = { folder: "audio", music: "audio", tables: "tables", any: "any" };

interface BrowseDialogProps {
  title: string;
  wanted: Wanted;
  onChoose: (path: string) => void;
  onClose: () => void;
}

/** Goes through the folders that the server lets callers name. */
function BrowseDialog({ title, wanted, onChoose, onClose }: BrowseDialogProps) {
  const trail = useSignal<Entry[]>([]);
  const here = trail.value.at(-1);
  const path = here?.path ?? "";
  const files = FILES[wanted];
  const found = useLoaded(
    (abort) => get<{ entries: Entry[] }>("/roots", { path, files }, abort),
    [path, files],
  );
  const entries = found.data.value?.entries ?? [];
  const choose = (
    <Button kind="main" disabled={!here} onClick={() => onChoose(path)}>
      {say("Choose this folder")}
    </Button>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={wanted === "tables" ? undefined : choose} wide>
      <nav class="trail" aria-label={say("Where you are")}>
        <Button kind="quiet" onClick={() => (trail.value = [])} disabled={!here}>
          {say("Allowed folders")}
        </Button>
        {trail.value.map((step, place) => (
          <Button
            key={step.path}
            kind="quiet"
            icon="right"
            disabled={step === here}
            onClick={() => (trail.value = trail.value.slice(0, place + 1))}
          >
            {step.name}
          </Button>
        ))}
      </nav>
      {found.error.value !== undefined && <ErrorBox error={found.error.value} retry={found.again} />}
      {found.loading.value && !entries.length && <Loading />}
      <ul class="entries" aria-label={say("Folders and files")}>
        {entries.map((entry) => (
          <li key={entry.path}>
            <EntryRow
              entry={entry}
              pickable={wanted !== "folder"}
              onOpen={() => (trail.value = [...trail.value, entry])}
              onPick={() => onChoose(entry.path)}
            />
          </li>
        ))}
      </ul>
      {!found.loading.value && found.error.value === undefined && !entries.length && (
        <p class="quiet">
          {here
            ? say("Nothing that could be chosen is in here.")
            : say("No folder is allowed: start the server with --root FOLDER.")}
        </p>
      )}
    </Dialog>
  );
}

interface EntryRowProps {
  entry: Entry;
  pickable: boolean;
  onOpen: () => void;
  onPick: () => void;
}

function EntryRow({ entry, pickable, onOpen, onPick }: EntryRowProps) {
  if (!entry.is_folder && !pickable) return <span class="entry quiet">{entry.name}</span>;
  return (
    <button type="button" class="entry" onClick={entry.is_folder ? onOpen : onPick}>
      {entry.is_folder && <Icon name="folder" size={18} />}
      <span class="ellipsis">{entry.name}</span>
      {entry.is_folder && <Icon name="right" size={16} />}
    </button>
  );
}
