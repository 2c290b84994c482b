import { get } from "../../api";
import { useLoaded } from "../../loaded";
import { reasonsOf, type Similar } from "../../near";
import { ErrorBox, Loading, NearList, TrackCell } from "../../parts";
import type { Playable } from "../../player";
import { percent, say } from "../../words";

const N = 10;

/** What sounds most like it, and why. */
export function Neighbours({ id }: { id: number }) {
  const { data, error } = useLoaded<Similar>((abort) => get(`/tracks/${id}/similar`, { n: N }, abort), [id]);
  const found = data.value?.neighbours.map((one) => ({
    track: one.track,
    share: one.similarity,
    reasons: reasonsOf(one.reasons).slice(0, 4),
  }));
  return (
    <section class="card wide-card">
      <h2>{say("Neighbours")}</h2>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      {!found && error.value === undefined && <Loading />}
      {found && <NearList found={found} label={say("Neighbours")} />}
      {found?.length === 0 && <p class="quiet">{say("There is no other track to compare with.")}</p>}
    </section>
  );
}

export interface Match {
  track: Playable;
  kind: string;
  confidence: number;
}

/** Which other files are the same recording. */
export function Matches({ id }: { id: number }) {
  const { data, error } = useLoaded<{ items: Match[] }>(
    (abort) => get(`/tracks/${id}/matches`, {}, abort),
    [id],
  );
  const items = data.value?.items;
  return (
    <section class="card">
      <h2>{say("The same recording")}</h2>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      {items?.length === 0 && (
        <p class="quiet">{say("By its fingerprint, no other file here is this recording.")}</p>
      )}
      <ul class="near-list">
        {items?.map((match) => (
          <li key={match.track.id}>
            <TrackCell track={match.track} />
            <span class="quiet small">{match.kind}</span>
            <span class="tabular quiet small">{percent(match.confidence)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
