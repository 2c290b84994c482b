/** The first step: what to learn from. */
import { get, post } from "../../api";
import { useLoaded } from "../../loaded";
import { ErrorBox, Field, Loading, Meter, Select } from "../../parts";
import { PathField } from "../../parts/Browse";
import { Drop } from "../../parts/Drop";
import { Segments } from "../../parts/Segments";
import { number, say } from "../../words";
import { change, dataset, draft, type Source, seen } from "./draft";
import type { Looked, Studio } from "./types";

const TABLES = ".csv,.tsv,.parquet,.npz,.npy";

export function DataStep({ studio }: { studio: Studio }) {
  const { source } = draft.value;
  return (
    <section class="step" aria-labelledby="step-data">
      <h2 id="step-data">{say("1. What to learn from")}</h2>
      <Segments<Source>
        label={say("Where the labels are")}
        value={source}
        onChange={(value) => change({ source: value })}
        choices={[
          { value: "path", text: say("Folder or table") },
          { value: "query", text: say("Library") },
          { value: "corrections", text: say("Your labels") },
          { value: "upload", text: say("Upload") },
        ]}
      />
      <div class="step-fields">
        {
          {
            path: <OfPath />,
            query: <OfLibrary fields={studio.library_labels} />,
            corrections: <OfPeople />,
            upload: <OfUpload />,
          }[source]
        }
      </div>
      <Look />
    </section>
  );
}

function OfPath() {
  return (
    <>
      <PathField
        label={say("Folder or table")}
        value={draft.value.path}
        onChange={(path) => change({ path })}
        wanted="any"
        hint={say("A folder with one folder per class, or a table with a column of labels")}
      />
      <LabelField />
    </>
  );
}

function LabelField() {
  return (
    <Field
      label={say("Column with the label (found by itself if left out)")}
      value={draft.value.label}
      onInput={(label) => change({ label })}
    />
  );
}

function OfLibrary({ fields }: { fields: readonly string[] }) {
  const { query, field } = draft.value;
  return (
    <>
      <Field
        label={say("Which tracks (a filter; all if left out)")}
        value={query}
        placeholder="year:1990.. -genre:podcast"
        onInput={(value) => change({ query: value })}
      />
      <Select
        label={say("What to predict")}
        value={field}
        onChange={(value) => change({ field: value })}
        choices={[
          { value: "", text: say("Choose…") },
          ...fields.map((name) => ({ value: name, text: name })),
        ]}
        hint={
          field.startsWith("heard:")
            ? say("What nets heard: a model that learns it learns their errors")
            : undefined
        }
      />
    </>
  );
}

interface Vocabulary {
  name: string;
  n_tracks: number;
}

function OfPeople() {
  const found = useLoaded(
    (abort) => get<{ vocabularies: Vocabulary[] }>("/corrections/vocabularies", {}, abort),
    [],
  );
  const known = found.data.value?.vocabularies ?? [];
  if (found.loading.value) return <Loading />;
  if (!known.length) {
    return (
      <p class="quiet">
        {say("Nobody has given labels yet.")} <a href="/labels">{say("Give some")}</a>
      </p>
    );
  }
  return (
    <Select
      label={say("Vocabulary")}
      value={draft.value.vocabulary}
      onChange={(vocabulary) => change({ vocabulary })}
      choices={[
        { value: "", text: say("Choose…") },
        ...known.map((one) => ({ value: one.name, text: `${one.name} (${number(one.n_tracks)})` })),
      ]}
    />
  );
}

function OfUpload() {
  const sent = draft.value.upload;
  return (
    <>
      <Drop
        label={sent ? sent.name : say("Choose a table")}
        hint={say("CSV, TSV, Parquet or NumPy; or drop it here")}
        kind="table"
        accept={TABLES}
        onUpload={([upload]) => change({ upload: upload ?? null })}
      />
      <LabelField />
    </>
  );
}

/** What the server finds in the dataset, before anything is heard. */
function Look() {
  const asked = dataset.value;
  const key = JSON.stringify(asked);
  const found = useLoaded<void>(
    async (abort) => {
      seen.value = undefined;
      if (asked) seen.value = await post<Looked>("/studio/look", { dataset: asked }, abort);
    },
    [key],
  );
  if (!asked) return null;
  if (found.error.value !== undefined) return <ErrorBox error={found.error.value} retry={found.again} />;
  return seen.value ? <Seen data={seen.value} /> : <Loading label={say("Looking at it…")} />;
}

const MOST_CLASSES = 12;

function Seen({ data }: { data: Looked }) {
  const classes = Object.entries(data.classes);
  const most = Math.max(1, ...Object.values(data.classes));
  return (
    <div class="seen" role="status">
      <p>
        <strong>{data.name}</strong>{" "}
        {say("{n} rows, {label} in {k} classes", {
          n: number(data.n_rows),
          label: data.label,
          k: number(classes.length),
        })}
      </p>
      <div class="seen-classes">
        {classes.slice(0, MOST_CLASSES).map(([name, count]) => (
          <Meter key={name} label={name} share={count / most} text={number(count)} />
        ))}
      </div>
      {classes.length > MOST_CLASSES && (
        <p class="quiet">{say("and {n} more", { n: classes.length - MOST_CLASSES })}</p>
      )}
      <Told data={data} />
    </div>
  );
}

function Told({ data }: { data: Looked }) {
  const groups = Object.entries(data.groups).map(([kind, n]) => `${kind}: ${number(n)}`);
  const dropped = Object.entries(data.dropped);
  return (
    <ul class="facts-list quiet">
      {groups.length > 0 && <li>{say("Kept together: {groups}", { groups: groups.join(", ") })}</li>}
      {dropped.map(([reason, n]) => (
        <li key={reason}>{say("Left out: {n} ({reason})", { n: number(n), reason })}</li>
      ))}
      {data.notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
