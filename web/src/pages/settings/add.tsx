import { useSignal } from "@preact/signals";
import { cancelJob, ended, type Told, type Upload } from "../../api";
import { startJob, useJob } from "../../jobs";
import { Button, Check, ErrorBox, Icon, JobProgress, tellProblem } from "../../parts";
import { PathField } from "../../parts/Browse";
import { Drop } from "../../parts/Drop";
import { Segments } from "../../parts/Segments";
import { number, say } from "../../words";

type Source = "path" | "upload";

/** Music of an allowed folder or of this computer is heard and goes into the library. */
export function AddMusic() {
  const source = useSignal<Source>("path");
  const path = useSignal("");
  const uploads = useSignal<Upload[]>([]);
  const retry = useSignal(false);
  const job = useSignal("");
  const start = async () => {
    const what =
      source.value === "path"
        ? { paths: [path.value] }
        : { uploads: uploads.value.map((one) => one.id), keep: true };
    try {
      job.value = (await startJob("analyze", { ...what, retry: retry.value })).id;
      uploads.value = [];
    } catch (error) {
      tellProblem(error);
    }
  };
  const ready = source.value === "path" ? path.value !== "" : uploads.value.length > 0;
  return (
    <section class="card stack" aria-labelledby="add">
      <h2 id="add">{say("Add music")}</h2>
      <Segments<Source>
        label={say("Where the music is")}
        value={source.value}
        onChange={(value) => {
          source.value = value;
        }}
        choices={[
          { value: "path", text: say("On the server") },
          { value: "upload", text: say("From this computer") },
        ]}
      />
      {source.value === "path" ? (
        <PathField
          label={say("Folder or file")}
          value={path.value}
          onChange={(value) => {
            path.value = value;
          }}
          wanted="music"
        />
      ) : (
        <Drop
          label={uploads.value.map((one) => one.name).join(", ") || say("Choose music files")}
          kind="sound"
          accept="audio/*,.flac,.opus,.m4a,.ogg"
          many
          onUpload={(sent) => {
            uploads.value = [...uploads.value, ...sent];
          }}
        />
      )}
      <Check
        label={say("Try again what failed before")}
        checked={retry.value}
        onChange={(yes) => {
          retry.value = yes;
        }}
      />
      <div class="row">
        <Button kind="main" icon="plus" disabled={!ready} onClick={start}>
          {say("Hear it and add it")}
        </Button>
      </div>
      {job.value && <Adding key={job.value} id={job.value} />}
    </section>
  );
}

type Scanned = {
  n_analyzed: number;
  n_failed: number;
  failed: { path: string; error: Told }[];
};

function Adding({ id }: { id: string }) {
  const { job, error } = useJob<Scanned>(id);
  if (error.value !== undefined) return <ErrorBox error={error.value} />;
  const now = job.value;
  if (!now) return null;
  return (
    <div class="stack">
      <JobProgress job={now} onCancel={() => cancelJob(id).catch(tellProblem)} />
      {now.error && <ErrorBox error={new Error(now.error.message)} />}
      {ended(now) && now.result && <Added scanned={now.result} />}
    </div>
  );
}

const MOST_FAILED = 5;

/** What came into the library, and which files could not be heard, and why. */
function Added({ scanned }: { scanned: Scanned }) {
  const { n_analyzed, n_failed, failed } = scanned;
  return (
    <>
      <p role="status" class="row">
        <Icon name="check" /> {say("{n} tracks were added or heard anew.", { n: number(n_analyzed) })}{" "}
        <a href="/">{say("To the library")}</a>
      </p>
      {n_failed > 0 && (
        <details>
          <summary class="bad">{say("{n} files could not be heard", { n: number(n_failed) })}</summary>
          <ul>
            {failed.slice(0, MOST_FAILED).map((one) => (
              <li key={one.path} class="small failed">
                <strong>{one.path.split(/[\\/]/).pop()}</strong> {one.error.message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
