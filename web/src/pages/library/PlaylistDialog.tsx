import { useSignal } from "@preact/signals";
import { get, type Page, post } from "../../api";
import { useLoaded } from "../../loaded";
import { Button, Dialog, ErrorBox, Field, tell } from "../../parts";
import { go } from "../../router";
import type { Track } from "../../types";
import { number, say } from "../../words";

interface Playlist {
  name: string;
  smart: unknown;
  n_items: number | null;
}

interface PlaylistDialogProps {
  tracks: readonly Pick<Track, "id">[];
  onClose: () => void;
}

/** Puts tracks into a playlist, an old or a new one. */
export function PlaylistDialog({ tracks, onClose }: PlaylistDialogProps) {
  const name = useSignal("");
  const failed = useSignal<unknown>(undefined);
  const lists = useLoaded<Page<Playlist>>((abort) => get("/playlists", { limit: 500 }, abort), []);
  const numbers = tracks.map((track) => track.id);
  const put = async (into: string, path: string, body: unknown) => {
    try {
      await post(path, body);
      tell(say("{n} tracks are in “{name}” now", { n: number(numbers.length), name: into }), {
        text: say("Show"),
        act: () => go(`/playlists/${encodeURIComponent(into)}`),
      });
      onClose();
    } catch (error) {
      failed.value = error;
    }
  };
  const create = (event: Event) => {
    event.preventDefault();
    put(name.value, "/playlists", { name: name.value, tracks: numbers });
  };
  const add = (into: string) =>
    put(into, `/playlists/${encodeURIComponent(into)}/items`, { tracks: numbers });
  return (
    <Dialog title={say("To a playlist")} onClose={onClose}>
      {failed.value !== undefined && <ErrorBox error={failed.value} />}
      <form class="row" onSubmit={create}>
        <div class="grow">
          <Field
            label={say("New playlist")}
            maxLength={200}
            value={name.value}
            onInput={(text) => {
              name.value = text;
            }}
          />
        </div>
        <Button kind="main" type="submit" class="beside-field" disabled={!name.value.trim()}>
          {say("Create")}
        </Button>
      </form>
      <ul class="choices">
        {lists.data.value?.items
          .filter((list) => !list.smart)
          .map((list) => (
            <li key={list.name}>
              <Button kind="quiet" icon="playlists" onClick={() => add(list.name)}>
                <span class="ellipsis">{list.name}</span>
              </Button>
            </li>
          ))}
      </ul>
    </Dialog>
  );
}
