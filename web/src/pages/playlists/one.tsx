import { type Signal, useSignal } from "@preact/signals";
import { address, get, post, remove } from "../../api";
import { useLoaded } from "../../loaded";
import {
  Button,
  Dialog,
  EmptyState,
  ErrorBox,
  IconButton,
  Loading,
  TrackCell,
  tell,
  tellProblem,
} from "../../parts";
import { play } from "../../player";
import { go } from "../../router";
import type { PageProps } from "../../routes";
import { clock, number, say } from "../../words";
import "./playlists.css";
import { type Item, pathOf, playable, type Shown } from "./types";

const FORMATS = ["m3u8", "xspf", "jspf"] as const;

/** One playlist: to be played, put in another order, and taken elsewhere. */
export default function OnePlaylist({ params }: PageProps) {
  const name = params.name ?? "";
  const { data, error, again } = useLoaded<Shown>((abort) => get(pathOf(name), {}, abort), [name]);
  const isLeaving = useSignal(false);
  const shown = data.value;
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <a href="/playlists" class="small">
            {say("Playlists")}
          </a>
          <h1>{name}</h1>
          {shown && <p class="quiet small">{summary(shown)}</p>}
        </div>
        {shown && <Actions shown={shown} onDelete={() => (isLeaving.value = true)} />}
      </header>
      {error.value !== undefined && <ErrorBox error={error.value} retry={again} />}
      {!shown && error.value === undefined && <Loading />}
      {shown?.items.length === 0 && (
        <EmptyState icon="playlists" title={say("This playlist is empty")}>
          <p>{say("Choose tracks in the library or on the map and put them into it.")}</p>
        </EmptyState>
      )}
      {shown && shown.items.length > 0 && <Items shown={data as Signal<Shown>} onFail={again} />}
      {isLeaving.value && <DeleteDialog name={name} onClose={() => (isLeaving.value = false)} />}
    </div>
  );
}

/** What may be done with the whole of it. */
function Actions({ shown, onDelete }: { shown: Shown; onDelete: () => void }) {
  const heard = shown.items.map(playable).filter((track) => track !== null);
  return (
    <div class="row">
      <Button
        kind="main"
        icon="play"
        disabled={!heard[0]}
        onClick={() => heard[0] && play(heard[0], 0, heard)}
      >
        {say("Play")}
      </Button>
      {FORMATS.map((format) => (
        <a
          key={format}
          class="button plain"
          href={address(`${pathOf(shown.name)}/export`, { format })}
          download={`${shown.name}.${format}`}
        >
          {format.toUpperCase()}
        </a>
      ))}
      <Button kind="danger" icon="trash" onClick={onDelete}>
        {say("Delete")}
      </Button>
    </div>
  );
}

function summary(shown: Shown): string {
  const parts = [
    shown.smart ? say("smart: {query}", { query: shown.smart.where }) : "",
    say("{n} tracks", { n: number(shown.items.length) }),
    clock(shown.duration_s),
    shown.n_absent ? say("{n} are not in the library", { n: number(shown.n_absent) }) : "",
    shown.description ?? "",
  ];
  return parts.filter(Boolean).join(" · ");
}

interface ItemsProps {
  shown: Signal<Shown>;
  onFail: () => void;
}

function Items({ shown, onFail }: ItemsProps) {
  const dragged = useSignal(-1);
  const over = useSignal(-1);
  const { items, name, smart } = shown.value;
  const among = items.map(playable).filter((track) => track !== null);
  const change = async (act: () => Promise<Shown>) => {
    try {
      shown.value = await act();
    } catch (problem) {
      tellProblem(problem);
      onFail();
    }
  };
  const take = (item: Item) => change(() => remove(`${pathOf(name)}/items`, { places: item.place }));
  const move = (item: Item, to: number) =>
    change(async () => {
      await remove(`${pathOf(name)}/items`, { places: item.place });
      return post<Shown>(`${pathOf(name)}/items`, { tracks: [item.track_id], at: to });
    });
  return (
    <ol class="card items" aria-label={say("Tracks of {name}", { name })}>
      {items.map((item, at) => (
        <li
          key={`${item.place}-${item.track_id}`}
          class={over.value === at && dragged.value >= 0 ? "item over" : "item"}
          draggable={!smart && item.track_id !== null}
          onDragStart={() => (dragged.value = at)}
          onDragOver={(event) => {
            event.preventDefault();
            over.value = at;
          }}
          onDragEnd={() => (dragged.value = -1)}
          onDrop={() => {
            const moved = items[dragged.value];
            if (moved && dragged.value !== at) move(moved, at + 1);
            dragged.value = -1;
          }}
        >
          <span class="tabular quiet place">{item.place}</span>
          <ItemName item={item} among={among} />
          <span class="tabular quiet small">{item.duration_s === null ? "" : clock(item.duration_s)}</span>
          {!smart && (
            <span class="item-keys">
              <IconButton
                icon="up"
                size={16}
                label={say("Move up")}
                disabled={at === 0 || item.track_id === null}
                onClick={() => move(item, at)}
              />
              <IconButton
                icon="down"
                size={16}
                label={say("Move down")}
                disabled={at === items.length - 1 || item.track_id === null}
                onClick={() => move(item, at + 2)}
              />
              <IconButton icon="close" size={16} label={say("Take out")} onClick={() => take(item)} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function ItemName({ item, among }: { item: Item; among: NonNullable<ReturnType<typeof playable>>[] }) {
  const track = playable(item);
  if (track) return <TrackCell track={track} among={among} />;
  return (
    <span class="absent">
      <span class="ellipsis">{item.title ?? item.path}</span>
      <span class="quiet small">{say("not in the library")}</span>
    </span>
  );
}

function DeleteDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const act = async () => {
    try {
      await remove(pathOf(name));
      tell(say("“{name}” is deleted", { name }));
      go("/playlists");
    } catch (problem) {
      tellProblem(problem);
    }
    onClose();
  };
  return (
    <Dialog
      title={say("Delete this playlist?")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{say("Cancel")}</Button>
          <Button kind="danger" icon="trash" onClick={act}>
            {say("Delete")}
          </Button>
        </>
      }
    >
      <p>{say("The tracks stay in the library.")}</p>
    </Dialog>
  );
}
