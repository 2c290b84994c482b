/** From a chart to one report. */
import { signal, useSignal } from "@preact/signals";
import { type Job, post, type Upload } from "../../api";
import { Button, Check, Field, Select, tellProblem } from "../../parts";
import { PathField } from "../../parts/Browse";
import { Drop } from "../../parts/Drop";
import { Runs } from "../../parts/Runs";
import { Segments } from "../../parts/Segments";
import { go } from "../../router";
import { type Language, language, say, word } from "../../words";
import "../studio/studio.css";
import "./hits.css";

type ChartSource = "upload" | "path";
type Against = "none" | "folder" | "query";

interface Draft {
  source: ChartSource;
  uploads: Upload[];
  path: string;
  title: string;
  audio: string;
  against: Against;
  folder: string;
  query: string;
  againstTitle: string;
  language: Language | "";
  how: string;
  duration_s: number;
  k: string;
  skip: string[];
}

const draft = signal<Draft>({
  source: "upload",
  uploads: [],
  path: "",
  title: "",
  audio: "",
  against: "none",
  folder: "",
  query: "",
  againstTitle: "",
  language: "",
  how: "hook",
  duration_s: 15,
  k: "",
  skip: [],
});

function change(values: Partial<Draft>): void {
  draft.value = { ...draft.value, ...values };
}

export default function HitsPage() {
  return (
    <div class="page studio">
      <header class="page-head">
        <h1>{say("Hits")}</h1>
        <p class="quiet">
          {say(
            "What the songs of a chart share, how they differ from other music, and what of that is sure.",
          )}
        </p>
      </header>
      <div class="studio-columns">
        <form class="steps" onSubmit={(event) => event.preventDefault()}>
          <ChartStep />
          <SoundStep />
          <ReportStep />
          <Start />
        </form>
        <aside aria-labelledby="runs">
          <h2 id="runs">{say("Reports")}</h2>
          <Runs kinds={["hits"]} base="/hits" name={reportName} />
        </aside>
      </div>
    </div>
  );
}

export function reportName(job: Job): string {
  const asked = job.request as { title?: string; name?: string } | null;
  return asked?.title || asked?.name || say("A chart");
}

function ChartStep() {
  const { source, uploads, path, title } = draft.value;
  return (
    <section class="step" aria-labelledby="step-chart">
      <h2 id="step-chart">{say("1. The chart")}</h2>
      <Segments<ChartSource>
        label={say("Where the chart is")}
        value={source}
        onChange={(value) => change({ source: value })}
        choices={[
          { value: "upload", text: say("From this computer") },
          { value: "path", text: say("On the server") },
        ]}
      />
      <div class="step-fields">
        {source === "upload" ? (
          <Drop
            label={uploads.map((one) => one.name).join(", ") || say("Choose one or more charts")}
            hint={say("CSV, TSV, Parquet or JSON with titles and artists; or drop them here")}
            kind="table"
            accept=".csv,.tsv,.parquet,.json,.jsonl"
            many
            onUpload={(sent) => change({ uploads: sent })}
          />
        ) : (
          <PathField
            label={say("Chart")}
            value={path}
            onChange={(value) => change({ path: value })}
            wanted="tables"
          />
        )}
        <Field
          label={say("What the chart is called in the report")}
          value={title}
          onInput={(value) => change({ title: value })}
        />
      </div>
    </section>
  );
}

function SoundStep() {
  const { audio, against, folder, query } = draft.value;
  return (
    <section class="step" aria-labelledby="step-sound">
      <h2 id="step-sound">{say("2. Its sound, and what to compare with")}</h2>
      <div class="step-fields">
        <PathField
          label={say("Folder with the sound of its songs")}
          value={audio}
          onChange={(value) => change({ audio: value })}
          wanted="folder"
          hint={say("Without it the numbers in the chart are taken, where there are some")}
        />
        <Segments<Against>
          label={say("Compare with")}
          value={against}
          onChange={(value) => change({ against: value })}
          choices={[
            { value: "none", text: say("Nothing") },
            { value: "folder", text: say("A folder or table") },
            { value: "query", text: say("The library") },
          ]}
        />
        {against === "folder" && (
          <PathField
            label={say("What to compare with")}
            value={folder}
            onChange={(value) => change({ folder: value })}
            wanted="any"
          />
        )}
        {against === "query" && (
          <Field
            label={say("Which tracks (a filter; all if left out)")}
            value={query}
            placeholder="year:..2010"
            onInput={(value) => change({ query: value })}
          />
        )}
      </div>
    </section>
  );
}

/** The stages of the whole way; the first cannot be left out. */
export const STAGES: Record<string, string> = {
  acquire: word("Chart"),
  prepare: word("Excerpts"),
  describe: word("Listening"),
  select: word("What tells them apart"),
  cluster: word("Groups"),
  classify: word("Genres and moods"),
  structure: word("Structure"),
  compare: word("Comparison"),
};

function ReportStep() {
  const { how, duration_s, k, skip } = draft.value;
  const optional = Object.entries(STAGES).filter(([name]) => !["acquire", "describe"].includes(name));
  return (
    <section class="step" aria-labelledby="step-report">
      <h2 id="step-report">{say("3. The report")}</h2>
      <div class="step-fields two">
        <Select<Language>
          label={say("Language of the report")}
          value={draft.value.language || language.value}
          onChange={(value) => change({ language: value })}
          choices={[
            { value: "en", text: "English" },
            { value: "zh", text: "中文" },
          ]}
        />
        <Select
          label={say("What is heard of a song")}
          value={how}
          onChange={(value) => change({ how: value })}
          choices={[
            { value: "hook", text: say("Its hook") },
            { value: "first", text: say("The first seconds") },
            { value: "whole", text: say("All of it") },
          ]}
        />
      </div>
      <details class="more">
        <summary>{say("More: length, groups, stages")}</summary>
        <div class="step-fields two">
          <Field
            label={say("Seconds of a song")}
            type="number"
            min={1}
            max={600}
            value={duration_s}
            onInput={(value) => change({ duration_s: Math.min(600, Math.max(1, Number(value) || 15)) })}
          />
          <Field
            label={say("Number of groups (the figures decide if left out)")}
            type="number"
            min={2}
            max={50}
            value={k}
            onInput={(value) => change({ k: value })}
          />
        </div>
        <fieldset class="stage-checks">
          <legend class="field-label">{say("Stages")}</legend>
          {optional.map(([name, text]) => (
            <Check
              key={name}
              label={say(text)}
              checked={!skip.includes(name)}
              onChange={(yes) => change({ skip: yes ? skip.filter((one) => one !== name) : [...skip, name] })}
            />
          ))}
        </fieldset>
      </details>
    </section>
  );
}

function requested(): Record<string, unknown> | null {
  const now = draft.value;
  const charts =
    now.source === "upload" ? now.uploads.map((one) => ({ upload: one.id })) : [{ path: now.path }];
  if (!charts.length || (now.source === "path" && !now.path)) return null;
  const against = {
    none: null,
    folder: now.folder ? { path: now.folder } : null,
    query: { query: now.query },
  }[now.against];
  return {
    charts,
    language: now.language || language.value,
    how: now.how,
    duration_s: now.duration_s,
    skip: now.skip,
    ...(now.title || now.uploads[0] ? { title: now.title || now.uploads[0]?.name } : {}),
    ...(now.audio ? { audio: now.audio } : {}),
    ...(against ? { against } : {}),
    ...(now.k ? { k: Number(now.k) } : {}),
  };
}

function Start() {
  const busy = useSignal(false);
  const asked = requested();
  const start = async () => {
    busy.value = true;
    try {
      const job = await post<Job>("/jobs/hits", asked);
      go(`/hits/${job.id}`);
    } catch (error) {
      tellProblem(error);
    }
    busy.value = false;
  };
  return (
    <div class="start">
      <Button kind="main" icon="play" disabled={!asked} busy={busy.value} onClick={start}>
        {say("Make the report")}
      </Button>
      <span class="quiet">{asked ? "" : say("Choose a chart first.")}</span>
    </div>
  );
}
