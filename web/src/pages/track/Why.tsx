/** Why a model says what it says, to look at and to listen to. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { cancelJob, ended, type Job, jobFile, runJob } from "../../api";
import { Dialog, ErrorBox, JobProgress, Meter } from "../../parts";
import { isCurrent, pause, position } from "../../player";
import { clock, language, named, number, say } from "../../words";
import type { Prediction } from "./types";

interface Explanation {
  start_s: number;
  end_s: number;
  target: string;
  prediction: Prediction;
  attribution: { edges_s: number[]; segments: number[]; edges_hz: number[]; bands: number[] };
  tags: { tag: string; there: number; elsewhere: number }[];
  examples: { name: string; label: string; similarity: number }[];
  picture: string | null;
  sound: string | null;
}

interface WhyProps {
  id: number;
  bundle: string;
  /** What it answers, in the words of now. */
  name: string;
  duration_s: number;
  onClose: () => void;
}

const EXCERPT_S = 15;
const FINENESS = { n_segments: 6, n_bands: 6 };

/** The stretch around the playhead, or around the middle of what is not heard now. */
function excerpt(id: number, duration_s: number): { start_s: number; end_s: number } {
  const middle = isCurrent(id) ? position.peek() : duration_s / 2;
  const start_s = Math.max(0, Math.min(middle - EXCERPT_S / 2, duration_s - EXCERPT_S));
  return { start_s, end_s: Math.min(duration_s, start_s + EXCERPT_S) };
}

/** Asks about a stretch of the track; who leaves before it is answered takes the question back. */
export function Why({ id, bundle, name, duration_s, onClose }: WhyProps) {
  const job = useSignal<Job<Explanation> | undefined>(undefined);
  const failed = useSignal<unknown>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    const heard = (now: Job<Explanation>) => {
      job.value = now;
    };
    const asked = { track: id, bundle, language: language.peek(), ...FINENESS, ...excerpt(id, duration_s) };
    runJob<Explanation>("explain", asked, heard, leaving.signal).catch((error: unknown) => {
      if (!leaving.signal.aborted) failed.value = error;
    });
    return () => {
      leaving.abort();
      const left = job.peek();
      if (left && !ended(left)) cancelJob(left.id).catch(() => undefined); // it has just ended, then
    };
  }, [id, bundle, duration_s, job, failed]);
  const now = job.value;
  return (
    <Dialog title={say("Why? {name}", { name })} onClose={onClose} wide>
      {failed.value !== undefined && <ErrorBox error={failed.value} />}
      {now && now.state !== "done" && <JobProgress job={now} />}
      {now?.state === "done" && now.result && <Explained job={now} explanation={now.result} />}
    </Dialog>
  );
}

interface ExplainedProps {
  job: Job<Explanation>;
  explanation: Explanation;
}

function Explained({ job, explanation }: ExplainedProps) {
  const { target, start_s, end_s, attribution, tags } = explanation;
  const file = (ending: string) => job.files.find((one) => one.name.endsWith(ending))?.name;
  const [picture, sound] = [file(".png"), file(".wav")];
  return (
    <>
      <p>
        {say("What spoke for “{target}” between {start} and {end}:", {
          target: named(target),
          start: clock(start_s),
          end: clock(end_s),
        })}
      </p>
      {sound && (
        <figure>
          <figcaption class="quiet small">{say("Only what mattered, to listen to")}</figcaption>
          <audio controls src={jobFile(job.id, sound)} onPlay={pause}>
            <track kind="captions" />
          </audio>
        </figure>
      )}
      {picture && (
        <img
          class="why-picture"
          src={jobFile(job.id, picture)}
          alt={say("Where and at which pitch it mattered")}
        />
      )}
      <div class="why-bars">
        <Bars
          title={say("What each stretch added")}
          edges={attribution.edges_s.map((edge) => clock(edge + start_s))}
          values={attribution.segments}
        />
        <Bars
          title={say("What each band added")}
          edges={attribution.edges_hz.map((edge) => `${number(edge)} Hz`)}
          values={attribution.bands}
        />
      </div>
      {tags.length > 0 && (
        <section>
          <h3>{say("What sounded where it mattered")}</h3>
          {tags.map((tag) => (
            <Meter key={tag.tag} label={named(tag.tag)} share={tag.there} />
          ))}
        </section>
      )}
    </>
  );
}

interface BarsProps {
  title: string;
  edges: string[];
  values: number[];
}

/** For and against, from a line in the middle. */
function Bars({ title, edges, values }: BarsProps) {
  const most = Math.max(1e-9, ...values.map(Math.abs));
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {values.map((value, n) => (
          <li key={edges[n]} class="for-against small">
            <span class="quiet tabular">
              {edges[n]} – {edges[n + 1]}
            </span>
            <span class={value < 0 ? "against" : "for"}>
              <span style={{ width: `${(50 * Math.abs(value)) / most}%` }} />
            </span>
            <span class="tabular">{number(value, 3)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
