import { useSignal } from "@preact/signals";
import { type Job, runJob } from "../../api";
import { useLoaded } from "../../loaded";
import {
  AddLink,
  Button,
  Dialog,
  EmptyState,
  ErrorBox,
  JobProgress,
  Loading,
  Select,
  tellProblem,
} from "../../parts";
import { language, number, say, when } from "../../words";
import { type Described, describe, type Kept } from "./load";
import "./map.css";
import { View } from "./View";

/** Fewer points span no plane. */
const FEWEST = 4;

const METHODS = () => [
  { value: "pca", text: say("Principal components: fast, distances mean something") },
  { value: "tsne", text: say("t-SNE: groups stand apart, takes minutes") },
  { value: "umap", text: say("UMAP: groups stand apart, needs an extra package") },
];

/** All songs as points of a plane, near each other where they are alike. */
export default function MapPage() {
  const { data, error, again } = useLoaded((abort) => describe(language.value, abort), [language.value]);
  const asks = useSignal(false);
  const job = useSignal<Job | null>(null);
  const told = data.value;
  const make = async (request: object) => {
    asks.value = false;
    try {
      await runJob<Record<string, unknown>>("map", request, (now) => (job.value = now));
      again();
    } catch (problem) {
      tellProblem(problem);
    }
    job.value = null;
  };
  return (
    <div class="page full map-page">
      <header class="page-head">
        <h1>{say("Map")}</h1>
        {told?.computed && <Staleness kept={told} isBusy={job.value !== null} onUpdate={make} />}
        {told?.computed && (
          <Button icon="refresh" disabled={job.value !== null} onClick={() => (asks.value = true)}>
            {say("Make it anew")}
          </Button>
        )}
      </header>
      {job.value && <JobProgress job={job.value} />}
      {error.value !== undefined && !told && <ErrorBox error={error.value} retry={again} />}
      {!told && error.value === undefined && <Loading />}
      {told?.computed && <View key={told.stamp} kept={told} />}
      {told && !told.computed && !job.value && <NoMap told={told} onMake={() => (asks.value = true)} />}
      {asks.value && told && <MakeDialog told={told} onMake={make} onClose={() => (asks.value = false)} />}
    </div>
  );
}

function NoMap({ told, onMake }: { told: Described; onMake: () => void }) {
  return (
    <EmptyState icon="map" title={say("No map was made yet")}>
      <p>{say("{n} songs, near each other where they are alike.", { n: number(told.n_tracks) })}</p>
      {told.n_tracks < FEWEST ? (
        <>
          <p>{say("A map needs at least {n}.", { n: number(FEWEST) })}</p>
          <AddLink />
        </>
      ) : (
        <Button kind="main" icon="map" onClick={onMake}>
          {say("Make the map")}
        </Button>
      )}
    </EmptyState>
  );
}

interface StalenessProps {
  kept: Kept;
  isBusy: boolean;
  onUpdate: (request: object) => void;
}

/** How the map was made, and whether the library is another now. */
function Staleness({ kept, isBusy, onUpdate }: StalenessProps) {
  const { n_joined, n_gone } = kept;
  const changes = [
    n_joined ? say("{n} tracks joined", { n: number(n_joined) }) : "",
    n_gone ? say("{n} are gone", { n: number(n_gone) }) : "",
  ].filter(Boolean);
  return (
    <p class="grow row small quiet map-told">
      <span>
        {say("{n} songs, made {when}", { n: number(kept.n), when: when(kept.made_at) })}
        {kept.stale && (
          <strong class="stale">{` · ${changes.join(say(", ")) || say("the library has changed")}`}</strong>
        )}
      </span>
      {kept.stale && (
        <Button kind="quiet" disabled={isBusy} onClick={() => onUpdate({ projection: kept.projection })}>
          {say("Bring up to date")}
        </Button>
      )}
    </p>
  );
}

interface MakeProps {
  told: Described;
  onMake: (request: object) => void;
  onClose: () => void;
}

function MakeDialog({ told, onMake, onClose }: MakeProps) {
  const projection = useSignal("pca");
  const features = useSignal("descriptors");
  const methods = METHODS().filter((one) => told.projections.includes(one.value));
  const sets: Record<string, string> = {
    descriptors: say("Tempo, energy, loudness and so on"),
    tags: say("What the nets say: genres, moods, instruments"),
    embedding: say("How it sounds to a net"),
    waveform: say("Statistics of the waveform"),
    pooled: say("All features of the sound"),
  };
  const choices = told.sets.map((name) => ({ value: name, text: sets[name] ?? name }));
  const make = () => onMake({ projection: projection.value, features: features.value, fresh: told.computed });
  return (
    <Dialog
      title={say("Make a map")}
      onClose={onClose}
      actions={
        <Button kind="main" onClick={make}>
          {say("Make the map")}
        </Button>
      }
    >
      <Select
        label={say("How songs are laid out")}
        value={projection.value}
        choices={methods}
        onChange={(value) => (projection.value = value)}
      />
      <Select
        label={say("By what songs are alike")}
        value={features.value}
        choices={choices}
        onChange={(value) => (features.value = value)}
      />
    </Dialog>
  );
}
