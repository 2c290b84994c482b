import { signal } from "@preact/signals";
import { Problem } from "../api";
import { say } from "../words";
import { Button, IconButton } from "./Button";

interface Note {
  id: number;
  text: string;
  bad: boolean;
  action?: { text: string; act: () => void };
}

const notes = signal<Note[]>([]);
let last = 0;
const SHOWN_MS = 6000;

/** Tells something for some seconds; `action` is offered beside it, to undo say. */
export function tell(text: string, action?: Note["action"]): void {
  add({ id: ++last, text, bad: false, action });
}

/** Tells that something went wrong; leaving a page is no failure. */
export function tellProblem(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  const hint = error instanceof Problem && error.hint ? ` — ${error.hint}` : "";
  add({ id: ++last, text: `${error instanceof Error ? error.message : error}${hint}`, bad: true });
}

function add(note: Note): void {
  notes.value = [...notes.value.slice(-2), note];
  setTimeout(() => drop(note.id), note.bad ? 2 * SHOWN_MS : SHOWN_MS);
}

function drop(id: number): void {
  notes.value = notes.value.filter((note) => note.id !== id);
}

/** Where notes appear; the shell has one. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {notes.value.map((note) => (
        <div key={note.id} class={note.bad ? "toast bad" : "toast"}>
          <span>{note.text}</span>
          {note.action && (
            <Button
              kind="quiet"
              onClick={() => {
                note.action?.act();
                drop(note.id);
              }}
            >
              {note.action.text}
            </Button>
          )}
          <IconButton icon="close" size={16} label={say("Close")} onClick={() => drop(note.id)} />
        </div>
      ))}
    </div>
  );
}
