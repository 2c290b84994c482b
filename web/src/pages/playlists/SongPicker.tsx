import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, type Page } from "../../api";
import { Button, Field, Icon } from "../../parts";
import { nameOf } from "../../track";
import type { Track } from "../../types";
import { say } from "../../words";

const MOST_OFFERED = 6;
const MOST_CHOSEN = 20;
const TYPING_MS = 150;

/** Songs that are chosen by typing some of their names. */
export function SongPicker({ label, chosen }: { label: string; chosen: Signal<readonly Track[]> }) {
  const text = useSignal("");
  const offered = useSignal<readonly Track[]>([]);
  useEffect(() => {
    const query = text.value.trim();
    const leaving = new AbortController();
    const waiting = setTimeout(() => {
      if (!query) offered.value = [];
      else
        get<Page<Track>>("/tracks", { query, limit: MOST_OFFERED }, leaving.signal).then(
          (found) => (offered.value = found.items),
          () => (offered.value = []), // half a query is no mistake yet
        );
    }, TYPING_MS);
    return () => {
      clearTimeout(waiting);
      leaving.abort();
    };
  }, [text.value, offered]);
  const choose = (track: Track) => {
    if (!chosen.value.some((one) => one.id === track.id))
      chosen.value = [...chosen.value, track].slice(0, MOST_CHOSEN);
    text.value = "";
    offered.value = [];
  };
  return (
    <div class="picker">
      <Field
        label={label}
        placeholder={say("Type some of a title or an artist")}
        value={text.value}
        onInput={(value) => (text.value = value)}
      />
      {offered.value.length > 0 && (
        <ul class="offered" aria-label={say("Songs that fit")}>
          {offered.value.map((track) => (
            <li key={track.id}>
              <Button kind="quiet" icon="plus" onClick={() => choose(track)}>
                <bdi class="ellipsis">{nameOf(track)}</bdi>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <ul class="chips" aria-label={say("Chosen songs")}>
        {chosen.value.map((track) => (
          <li key={track.id}>
            <button
              type="button"
              class="chip"
              aria-label={say("Leave out {title}", { title: nameOf(track) })}
              onClick={() => (chosen.value = chosen.value.filter((one) => one.id !== track.id))}
            >
              <bdi class="ellipsis">{nameOf(track)}</bdi>
              <Icon name="close" size={13} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
