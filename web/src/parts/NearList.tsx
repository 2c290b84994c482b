import type { Playable } from "../player";
import { percent } from "../words";
import { TrackCell } from "./TrackCell";

export interface Near {
  track: Playable;
  /** 0 to 1, how near. */
  share: number;
  reasons: string[];
}

/** Tracks that are near others, each with the reasons why. */
export function NearList({ found, label }: { found: readonly Near[]; label: string }) {
  const among = found.map((one) => one.track);
  return (
    <ul class="near-list" aria-label={label}>
      {found.map(({ track, share, reasons }) => (
        <li key={track.id}>
          <TrackCell track={track} among={among} />
          <span class="near-why quiet small">{reasons.join(" · ")}</span>
          <span class="tabular quiet small">{percent(Math.max(0, share))}</span>
        </li>
      ))}
    </ul>
  );
}
