import { isCurrent, type Playable, play, playing, toggle } from "../player";
import { titleOf } from "../track";
import { say } from "../words";
import { IconButton } from "./Button";

interface TrackCellProps {
  track: Playable;
  /** What "next" goes through. */
  among?: Playable[] | (() => Playable[]);
  at_s?: number;
  /** Not reached by Tab: the table around it plays by the space bar. */
  inTable?: boolean;
}

/** A play button, the title as a link, and the artist. */
export function TrackCell({ track, among, at_s, inTable }: TrackCellProps) {
  return (
    <span class="track-cell">
      <PlayButton track={track} among={among} at_s={at_s} inTable={inTable} />
      <span class="track-names">
        <a href={`/tracks/${track.id}`} class="ellipsis" tabIndex={inTable ? -1 : 0}>
          {titleOf(track)}
        </a>
        {track.artist && <span class="quiet ellipsis">{track.artist}</span>}
      </span>
    </span>
  );
}

/** Plays or pauses one track. */
export function PlayButton({ track, among, at_s = 0, inTable }: TrackCellProps) {
  const heard = isCurrent(track.id) && playing.value;
  return (
    <IconButton
      icon={heard ? "pause" : "play"}
      class="play"
      tabIndex={inTable ? -1 : 0}
      label={heard ? say("Pause") : say("Play {title}", { title: titleOf(track) })}
      onClick={(event: MouseEvent) => {
        event.stopPropagation();
        if (isCurrent(track.id)) toggle();
        else play(track, at_s, typeof among === "function" ? among() : among);
      }}
    />
  );
}
