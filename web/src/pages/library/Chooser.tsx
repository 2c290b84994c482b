import type { Signal } from "@preact/signals";
import { Button, Check, Dialog } from "../../parts";
import { stored } from "../../stored";
import { say } from "../../words";
import { COLUMNS, FIRST, type Titled } from "./columns";

const chosen: Signal<string[]> = stored("columns", FIRST, Array.isArray);

/** The columns that who looks has chosen, titled in the language of now. */
export function useColumns(): Titled[] {
  const shown = COLUMNS.filter((column) => column.id === "title" || chosen.value.includes(column.id));
  return shown.map((column) => ({ ...column, title: say(column.title) }));
}

/** Which columns to show. */
export function Chooser({ onClose }: { onClose: () => void }) {
  const set = (id: string, on: boolean) => {
    chosen.value = on ? [...chosen.value, id] : chosen.value.filter((other) => other !== id);
  };
  const reset = (
    <Button
      kind="quiet"
      onClick={() => {
        chosen.value = FIRST;
      }}
    >
      {say("As at first")}
    </Button>
  );
  return (
    <Dialog title={say("Columns")} onClose={onClose} actions={reset}>
      <p class="quiet small">{say("Narrow windows leave some out.")}</p>
      <div class="chooser">
        {COLUMNS.filter((column) => column.id !== "title").map((column) => (
          <Check
            key={column.id}
            label={say(column.title)}
            checked={chosen.value.includes(column.id)}
            onChange={(on) => set(column.id, on)}
          />
        ))}
      </div>
    </Dialog>
  );
}
