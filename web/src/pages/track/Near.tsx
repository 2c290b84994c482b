import { get } from "../../api";
import { useLoaded } from "../../loaded";
import { reasonsOf, type Similar } from "../../near";
import { ErrorBox, Loading, NearList } from "../../parts";
import type { Playable } from "../../player";
import { clock, say, word } from "../../words";

const N = 10;

/** What sounds most like it, and why. */
export function Neighbours({ id }: { id: number }) {
  const { data, error } = useLoaded<Similar>((abort) => get(`/tracks/${id}/similar`, { n: N }, abort), [id]);
  const found = data.value?.neighbours.map((one) => ({
    track: one.track,
    share: one.similarity,
    reasons: reasonsOf(one.reasons, 2),
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

interface Match {
  track: Playable;
  relation: string;
  offset_s: number;
  common_s: number;
  share: number;
  identical: boolean;
}

const RELATIONS: Record<string, string> = {
  copy: word("the same recording"),
  part: word("an excerpt of it"),
  whole: word("a longer one that it is in"),
  overlap: word("a stretch in common"),
};

function relationOf({ relation, identical, offset_s }: Match): string {
  if (identical) return say("the same bytes");
  const told = say(RELATIONS[relation] ?? relation);
  return Math.abs(offset_s) >= 1
    ? `${told} · ${say("from {time} on", { time: clock(Math.abs(offset_s)) })}`
    : told;
}

/** Which other files hold the recording, or a stretch of it. */
export function Matches({ id }: { id: number }) {
  const { data, error } = useLoaded<{ matches: Match[] }>(
    (abort) => get(`/tracks/${id}/matches`, {}, abort),
    [id],
  );
  const matches = data.value?.matches;
  return (
    <section class="card">
      <h2>{say("The same recording")}</h2>
      {error.value !== undefined && <ErrorBox error={error.value} />}
      {matches?.length === 0 && (
        <p class="quiet">{say("By its fingerprint, no other file here is this recording.")}</p>
      )}
      {matches && (
        <NearList
          label={say("The same recording")}
          found={matches.map((match) => ({
            track: match.track,
            share: match.share,
            reasons: [relationOf(match)],
          }))}
        />
      )}
    </section>
  );
}
