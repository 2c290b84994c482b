import { useSignal } from "@preact/signals";
import { post } from "../../api";
import { useLoaded } from "../../loaded";
import { reasonsOf, type Similar } from "../../near";
import { Dialog, ErrorBox, Loading, type Near, NearList, Tabs } from "../../parts";
import type { Track } from "../../types";
import { say } from "../../words";

const MOST_SEEDS = 100;
const N = 20;

interface Recommendation {
  picks: { track: Track; score: number; reasons: { text: string }[] }[];
  notes: string[];
}

interface NearDialogProps {
  tracks: readonly Track[];
  onClose: () => void;
}

/** What lies near some tracks, and what to hear after them. */
export function NearDialog({ tracks, onClose }: NearDialogProps) {
  const tab = useSignal("like");
  const seeds = tracks.slice(0, MOST_SEEDS).map((track) => track.id);
  const tabs = [
    { id: "like", text: say("Sounds like them"), inside: () => <List key="like" ask={() => alike(seeds)} /> },
    { id: "next", text: say("To hear next"), inside: () => <List key="next" ask={() => next(seeds)} /> },
  ];
  return (
    <Dialog title={say("What is like them")} onClose={onClose} wide>
      <Tabs
        label={say("What is like them")}
        tabs={tabs}
        chosen={tab.value}
        onChoose={(id) => {
          tab.value = id;
        }}
      />
    </Dialog>
  );
}

async function alike(tracks: number[]): Promise<Near[]> {
  const found = await post<Similar>("/similar", { tracks, n: N });
  return found.neighbours.map((one) => ({ ...one, share: one.similarity, reasons: reasonsOf(one.reasons) }));
}

async function next(tracks: number[]): Promise<Near[]> {
  const found = await post<Recommendation>("/recommend", { tracks, n: N });
  return found.picks.map(({ track, score, reasons }) => ({
    track,
    share: score,
    reasons: reasons.slice(0, 2).map((reason) => reason.text),
  }));
}

function List({ ask }: { ask: () => Promise<Near[]> }) {
  const { data, error } = useLoaded(ask, []);
  if (error.value !== undefined) return <ErrorBox error={error.value} />;
  if (!data.value) return <Loading />;
  return <NearList found={data.value} label={say("What is like them")} />;
}
