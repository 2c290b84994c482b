import { type Signal, useSignal } from "@preact/signals";
import { Button, IconButton } from "../../parts";
import { play } from "../../player";
import type { Track } from "../../types";
import { number, say } from "../../words";
import { NearDialog } from "./NearDialog";
import { PlaylistDialog } from "./PlaylistDialog";
import { TagsDialog } from "./TagsDialog";

type Open = "" | "playlist" | "near" | "tags";

/** What can be done with the chosen tracks. */
export function Selection({ chosen }: { chosen: Signal<Map<number, Track>> }) {
  const open = useSignal<Open>("");
  const tracks = [...chosen.value.values()];
  const show = (name: Open) => () => {
    open.value = name;
  };
  const clear = () => {
    chosen.value = new Map();
  };
  const first = tracks[0];
  return (
    <section class="selection" aria-label={say("Chosen tracks")}>
      <strong class="tabular">{say("{n} chosen", { n: number(tracks.length) })}</strong>
      <Button icon="play" onClick={() => first && play(first, 0, tracks)}>
        {say("Play")}
      </Button>
      <Button icon="plus" onClick={show("playlist")}>
        {say("To a playlist")}
      </Button>
      <Button icon="near" onClick={show("near")}>
        {say("What is like them")}
      </Button>
      <Button icon="labels" onClick={show("tags")}>
        {say("Write tags")}
      </Button>
      <IconButton icon="close" label={say("Choose none")} onClick={clear} />
      {open.value === "playlist" && <PlaylistDialog tracks={tracks} onClose={show("")} />}
      {open.value === "near" && <NearDialog tracks={tracks} onClose={show("")} />}
      {open.value === "tags" && <TagsDialog tracks={tracks} onClose={show("")} />}
    </section>
  );
}
