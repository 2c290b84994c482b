/** What sounds just now: a microphone or a file, judged twice a second. */
import { batch, useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button, Check, ErrorBox, Meter } from "../../parts";
import { Segments } from "../../parts/Segments";
import { pause } from "../../player";
import { named, namedAll, number, percent, say, word } from "../../words";
import "./live.css";
import { type Heard, listenToFile, listenToMicrophone, type Said, type Stream } from "./stream";
import { type Moment, momentOf, Timeline } from "./timeline";

type Source = "microphone" | "file";

/** Ten minutes of moments are kept to look at; the server keeps none. */
const MOST_MOMENTS = 1200;

export default function LivePage() {
  const listening = useListening();
  const { heard, late, moments, error } = listening;
  return (
    <div class="page live">
      <header class="page-head">
        <h1>{say("Live")}</h1>
        <p class="quiet">
          {say("What sounds just now, judged twice a second on this server. Nothing is kept.")}
        </p>
      </header>
      <SourceCard listening={listening} />
      {error.value !== undefined && <ErrorBox error={error.value} />}
      {heard.value && <Now heard={heard.value} late={late.value} />}
      {moments.value.length > 1 && <Timeline moments={moments.value} />}
    </div>
  );
}

type Listening = ReturnType<typeof useListening>;

/** What is heard of a source from `start` to `stop`, or until the page is left. */
function useListening() {
  const muted = useSignal(false);
  const heard = useSignal<Heard | null>(null);
  const late = useSignal(0);
  const moments = useSignal<Moment[]>([]);
  const error = useSignal<unknown>(undefined);
  const state = useSignal<"still" | "opening" | "listening">("still");
  const stream = useRef<Stream | null>(null);
  useEffect(() => () => stream.current?.stop(), []);
  const listener = {
    onHeard: (now: Heard, late_s: number) =>
      batch(() => {
        heard.value = now;
        late.value = late_s;
        moments.value = [...moments.value.slice(1 - MOST_MOMENTS), momentOf(now)];
      }),
    onEnd: (why: string) => {
      stream.current = null;
      state.value = "still";
      if (why) error.value = new Error(why);
    },
  };
  const start = async (file: File | null) => {
    pause();
    batch(() => {
      error.value = undefined;
      moments.value = [];
      heard.value = null;
      state.value = "opening";
    });
    try {
      stream.current = file ? await listenToFile(file, listener) : await listenToMicrophone(listener);
      stream.current.mute(muted.value);
      state.value = "listening";
    } catch (problem) {
      state.value = "still";
      error.value = explained(problem);
    }
  };
  const mute = (yes: boolean) => {
    muted.value = yes;
    stream.current?.mute(yes);
  };
  return { heard, late, moments, error, state, muted, start, mute, stop: () => stream.current?.stop() };
}

/** Where the sound comes from, and the button that lets it be heard. */
function SourceCard({ listening }: { listening: Listening }) {
  const { state, muted, start, mute, stop } = listening;
  const source = useSignal<Source>("microphone");
  const file = useSignal<File | null>(null);
  const isFile = source.value === "file";
  return (
    <section class="card row" aria-label={say("Source")}>
      <Segments<Source>
        label={say("Source")}
        value={source.value}
        onChange={(value) => (source.value = value)}
        choices={[
          { value: "microphone", text: say("Microphone") },
          { value: "file", text: say("A file") },
        ]}
      />
      {isFile && <FileField file={file.value} onChoose={(chosen) => (file.value = chosen)} />}
      {isFile && <Check label={say("Without sound")} checked={muted.value} onChange={mute} />}
      {state.value === "listening" ? (
        <Button kind="danger" icon="stop" onClick={stop}>
          {say("Stop")}
        </Button>
      ) : (
        <Button
          kind="main"
          icon={isFile ? "play" : "live"}
          busy={state.value === "opening"}
          disabled={isFile && !file.value}
          onClick={() => start(isFile ? file.value : null)}
        >
          {say("Listen")}
        </Button>
      )}
    </section>
  );
}

/** What a browser refuses, in words that say what to do. */
function explained(problem: unknown): unknown {
  if (!(problem instanceof DOMException)) return problem;
  const told: Record<string, string> = {
    NotAllowedError: say("The browser may not use the microphone: allow it for this page."),
    NotFoundError: say("There is no microphone."),
    EncodingError: say("The browser cannot play this file."),
  };
  return new Error(told[problem.name] ?? problem.message);
}

function FileField({ file, onChoose }: { file: File | null; onChoose: (file: File) => void }) {
  const id = useId();
  return (
    <span class="file-field">
      <input
        id={id}
        class="unseen"
        type="file"
        accept="audio/*"
        onChange={(event) => event.currentTarget.files?.[0] && onChoose(event.currentTarget.files[0])}
      />
      <label for={id} class="button plain ellipsis">
        {file?.name ?? say("Choose a file")}
      </label>
    </span>
  );
}

const SOUNDS = {
  music: word("Music"),
  "not music": word("No music"),
  silence: word("Silence"),
};

function Now({ heard, late }: { heard: Heard; late: number }) {
  const { tempo, key, level } = heard;
  return (
    <>
      <section class="live-facts" aria-label={say("Now")}>
        <div class="card live-fact" role="status">
          <span class="quiet small">{say("Sound")}</span>
          <strong>{heard.sound ? say(SOUNDS[heard.sound]) : "–"}</strong>
          <span class="quiet small tabular">{heard.music === null ? "" : percent(heard.music)}</span>
        </div>
        <Fact
          name={say("Tempo")}
          value={tempo.bpm === null ? "–" : number(tempo.bpm, 1)}
          unit="BPM"
          sure={tempo.bpm === null ? null : tempo.confidence}
        />
        <Fact
          name={say("Key")}
          value={key.tonic ? `${key.tonic} ${say(MODES[key.mode ?? ""] ?? "")}` : "–"}
          unit={key.camelot ?? ""}
          sure={key.tonic ? key.confidence : null}
        />
        <Fact name={say("Energy")} value={percent(heard.energy)} unit="" sure={null} />
        <Level level={level} />
        <Fact name={say("Delay")} value={number(late, 2)} unit={say("s from sound to label")} sure={null} />
      </section>
      <div class="live-said">
        {Object.entries(heard.predictions).map(([name, said]) => (
          <Predicted key={name} name={name} said={said} />
        ))}
        {heard.tags.length > 0 && (
          <section class="card bars" aria-label={say("Tags")}>
            <h2>{say("Tags")}</h2>
            {heard.tags.slice(0, MOST_BARS).map((one) => (
              <Meter key={one.tag} label={named(one.tag)} share={one.probability} />
            ))}
          </section>
        )}
      </div>
      {heard.lost_s > 0 && (
        <p class="hint bad">{say("{n} s of sound did not arrive.", { n: number(heard.lost_s, 1) })}</p>
      )}
    </>
  );
}

const MODES: Record<string, string> = { major: word("major"), minor: word("minor") };
const MOST_BARS = 7;

function Fact({
  name,
  value,
  unit,
  sure,
}: {
  name: string;
  value: string;
  unit: string;
  sure: number | null;
}) {
  return (
    <div class="card live-fact">
      <span class="quiet small">{name}</span>
      <strong class="tabular">{value}</strong>
      <span class="quiet small">
        {unit}{" "}
        {sure !== null && <span class="tabular">{say("({share} sure)", { share: percent(sure) })}</span>}
      </span>
    </div>
  );
}

const FLOOR_DB = -60;

function Level({ level }: { level: Heard["level"] }) {
  const db = level.peak > 0 ? 20 * Math.log10(level.peak) : FLOOR_DB;
  const share = Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
  const lufs = level.momentary_lufs === null ? "–" : number(level.momentary_lufs, 1);
  return (
    <div class="card live-fact">
      <span class="quiet small">{say("Level")}</span>
      <strong class="tabular">{lufs}</strong>
      <span class="quiet small">LUFS {level.clipped > 0 && <span class="bad">{say("clipped")}</span>}</span>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> each in their own way */}
      <div
        class={level.clipped > 0 ? "live-level over" : "live-level"}
        role="meter"
        aria-label={say("Peak level")}
        aria-valuemin={FLOOR_DB}
        aria-valuemax={0}
        aria-valuenow={Math.round(db)}
        aria-valuetext={`${Math.round(db)} dB`}
      >
        <span style={{ width: `${100 * share}%` }} />
      </div>
    </div>
  );
}

function Predicted({ name, said }: { name: string; said: Said }) {
  const bars = Object.entries(said.probabilities).slice(0, MOST_BARS);
  return (
    <section class="card bars" aria-label={name}>
      <h2>
        {named(name)}
        <span class="live-answer">{namedAll(said.labels) || say("unknown")}</span>
      </h2>
      {bars.map(([label, share]) => (
        <Meter key={label} label={named(label)} share={share} quiet={!said.labels.includes(label)} />
      ))}
    </section>
  );
}
