import { useSignal } from "@preact/signals";
import { get, post, remove } from "../../api";
import { useLoaded } from "../../loaded";
import { IconButton, tellProblem } from "../../parts";
import { say } from "../../words";
import { PlaylistDialog } from "../library/PlaylistDialog";

type Kind = "like" | "dislike" | "rating";

interface Event {
  id: number;
  kind: string;
  value: number | null;
}

const STARS = [1, 2, 3, 4, 5];

/** Like it, rate it, keep it; a second click takes it back. */
export function Liking({ id }: { id: number }) {
  const heard = useLoaded<{ events: Event[] }>((abort) => get("/feedback", { track: id }, abort), [id]);
  const keeping = useSignal(false);
  const events = heard.data.value?.events ?? [];
  const liking = events.find((event) => event.kind === "like" || event.kind === "dislike");
  const rating = events.find((event) => event.kind === "rating");
  const tellServer = (kind: Kind, same: Event | undefined, value: number | null = null) => {
    const done = same
      ? remove("/feedback", { event: same.id })
      : post("/feedback", { kind, track: id, value });
    done.then(heard.again, tellProblem);
  };
  const liked = (kind: Kind) => (liking?.kind === kind ? liking : undefined);
  return (
    <div class="liking">
      <Stars
        value={rating?.value ?? 0}
        onRate={(stars) => tellServer("rating", rating?.value === stars ? rating : undefined, stars)}
      />
      <IconButton
        icon="heart"
        label={say("Like")}
        pressed={liked("like") !== undefined}
        onClick={() => tellServer("like", liked("like"))}
      />
      <IconButton
        icon="dislike"
        label={say("Dislike")}
        pressed={liked("dislike") !== undefined}
        onClick={() => tellServer("dislike", liked("dislike"))}
      />
      <IconButton
        icon="plus"
        label={say("To a playlist")}
        onClick={() => {
          keeping.value = true;
        }}
      />
      {keeping.value && (
        <PlaylistDialog
          tracks={[{ id }]}
          onClose={() => {
            keeping.value = false;
          }}
        />
      )}
    </div>
  );
}

function Stars({ value, onRate }: { value: number; onRate: (stars: number) => void }) {
  return (
    <fieldset class="stars">
      <legend class="unseen">{say("Rating")}</legend>
      {STARS.map((star) => (
        <IconButton
          key={star}
          icon="star"
          size={18}
          label={say("{n} of 5 stars", { n: star })}
          pressed={star === value}
          filled={star <= value}
          onClick={() => onRate(star)}
        />
      ))}
    </fieldset>
  );
}
