import { useSignal } from "@preact/signals";
import { post } from "../../api";
import { Button, Check, Dialog, ErrorBox, Field } from "../../parts";
import { go } from "../../router";
import { say } from "../../words";
import { pathOf } from "./types";

/** A new playlist: of what a query finds now, or, as a smart one, of what it finds whenever it is shown. */
export function NewDialog({ onClose }: { onClose: () => void }) {
  const name = useSignal("");
  const where = useSignal("");
  const isSmart = useSignal(true);
  const error = useSignal<unknown>(undefined);
  const create = async (event: Event) => {
    event.preventDefault();
    const query = where.value.trim();
    const of = !query ? {} : isSmart.value ? { smart: { where: query } } : { where: query };
    try {
      await post("/playlists", { name: name.value.trim(), ...of });
      onClose();
      go(pathOf(name.value.trim()));
    } catch (problem) {
      error.value = problem;
    }
  };
  return (
    <Dialog title={say("New playlist")} onClose={onClose}>
      <form class="stack" onSubmit={create}>
        <Field
          label={say("Name")}
          maxLength={200}
          required
          value={name.value}
          onInput={(value) => (name.value = value)}
        />
        <Field
          label={say("Query")}
          placeholder="mood:calm tempo:60..90"
          hint={say("Leave it empty for a playlist that you fill yourself.")}
          value={where.value}
          onInput={(value) => (where.value = value)}
        />
        <Check
          label={say("Smart: ask the query again whenever it is shown")}
          checked={isSmart.value}
          disabled={!where.value.trim()}
          onChange={(on) => (isSmart.value = on)}
        />
        {error.value !== undefined && <ErrorBox error={error.value} />}
        <div class="row end">
          <Button kind="main" type="submit" disabled={!name.value.trim()}>
            {say("Create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
