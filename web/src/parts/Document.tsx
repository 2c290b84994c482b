import type { Job, JobFile } from "../api";
import { jobFile } from "../api";
import { number, say } from "../words";
import "./choose.css";
import { Icon } from "./Icon";

/** The files that a job wrote, to be kept. */
export function Downloads({ job }: { job: Pick<Job, "id" | "files"> }) {
  if (!job.files.length) return null;
  return (
    <ul class="downloads" aria-label={say("Files to keep")}>
      {job.files.map((file) => (
        <li key={file.name}>
          <a class="button plain" href={jobFile(job.id, file.name)} download={file.name}>
            <Icon name="download" size={18} />
            {file.name} <span class="quiet tabular">{size(file)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function size(file: JobFile): string {
  const kilobytes = file.size_bytes / 1000;
  return kilobytes < 1000 ? `${number(Math.max(1, kilobytes))} kB` : `${number(kilobytes / 1000, 1)} MB`;
}

/** A page that a job wrote, in a frame that may run its own scripts and reach nothing else. */
export function Document({
  job,
  name,
  title,
}: {
  job: Pick<Job, "id" | "files">;
  name: string;
  title: string;
}) {
  if (!job.files.some((file) => file.name === name)) return null;
  const url = jobFile(job.id, name);
  return (
    <div class="document">
      <a href={url} target="_blank" rel="noopener">
        <Icon name="external" size={16} /> {say("Open in a tab of its own")}
      </a>
      <iframe src={url} title={title} sandbox="allow-scripts" loading="lazy" />
    </div>
  );
}
