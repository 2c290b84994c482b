/** One track: look at it, listen, ask why, correct. */
import { get } from "../../api";
import { useLoaded } from "../../loaded";
import { ErrorBox, Loading, PlayButton } from "../../parts";
import type { Playable } from "../../player";
import type { PageProps } from "../../routes";
import { titleOf } from "../../track";
import { clock } from "../../words";
import { Facts, FileFacts } from "./Facts";
import { Lanes } from "./Lanes";
import { Liking } from "./Liking";
import { Matches, Neighbours } from "./Near";
import { Said } from "./Said";
import type { Analysis } from "./types";
import "./track.css";

export default function Page({ params }: PageProps) {
  const id = params.id ?? "";
  const { data, error, again } = useLoaded<Analysis>((abort) => get(`/tracks/${id}`, {}, abort), [id]);
  const analysis = data.value;
  if (error.value !== undefined) {
    return (
      <div class="page">
        <ErrorBox error={error.value} retry={again} />
      </div>
    );
  }
  if (!analysis || String(analysis.id) !== id) return <Loading />;
  return <Shown key={id} analysis={analysis} />;
}

function Shown({ analysis }: { analysis: Analysis }) {
  const { info, warnings } = analysis;
  const track: Playable = { ...info, id: analysis.id, path: analysis.path, duration_s: analysis.duration_s };
  return (
    <div class="page track">
      <header class="track-head">
        <PlayButton track={track} />
        <div class="grow">
          <h1>{titleOf(track)}</h1>
          <p class="quiet">
            {[info.artist, info.album, info.year, info.genre, clock(analysis.duration_s)]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        <Liking id={analysis.id} />
      </header>
      {warnings.map((warning) => (
        <p key={warning} class="warning small">
          {warning}
        </p>
      ))}
      <Lanes analysis={analysis} track={track} />
      <div class="track-cards">
        <div class="stack">
          <Facts descriptors={analysis.descriptors} />
          <Neighbours id={analysis.id} />
          <Matches id={analysis.id} />
        </div>
        <div class="stack">
          <Said analysis={analysis} />
          <FileFacts analysis={analysis} />
        </div>
      </div>
    </div>
  );
}
