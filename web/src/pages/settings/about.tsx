import { get } from "../../api";
import { useLoaded } from "../../loaded";
import { ErrorBox, Loading } from "../../parts";
import type { Info } from "../../types";
import { number, say, when } from "../../words";

interface Census {
  path: string;
  size_bytes: number;
  schema: number;
  whole: { n_tracks: number; hours: number; music_bytes: number };
  failures: Record<string, number>;
  with_prints: number;
  events: number;
  playlists: number;
  last_analyzed: string | null;
}

/** What is in the library, in numbers. */
export function Facts() {
  const found = useLoaded((abort) => get<Census>("/library", {}, abort), []);
  const census = found.data.value;
  return (
    <section class="card stack" aria-labelledby="library">
      <h2 id="library">{say("The library")}</h2>
      {found.error.value !== undefined && <ErrorBox error={found.error.value} retry={found.again} />}
      {census ? <FactList facts={factsOf(census)} /> : found.loading.value && <Loading />}
    </section>
  );
}

function factsOf(census: Census): [string, string][] {
  const failures = Object.values(census.failures).reduce((sum, n) => sum + n, 0);
  return [
    [say("Tracks"), number(census.whole.n_tracks)],
    [say("Hours"), number(census.whole.hours, 1)],
    [say("Music"), gigabytes(census.whole.music_bytes)],
    [say("Its file"), `${census.path} · ${gigabytes(census.size_bytes)}`],
    [say("With fingerprints"), number(census.with_prints)],
    [say("Plays and likes"), number(census.events)],
    [say("Playlists"), number(census.playlists)],
    [say("Could not be heard"), number(failures)],
    [say("Heard last"), census.last_analyzed ? when(census.last_analyzed) : "–"],
  ];
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${number(bytes / 1e6, 1)} MB` : `${number(bytes / 1e9, 2)} GB`;
}

function FactList({ facts }: { facts: readonly [string, string][] }) {
  return (
    <dl class="setting-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Which program this is, and what it allows. */
export function About() {
  const found = useLoaded((abort) => get<Info>("/info", {}, abort), []);
  const info = found.data.value;
  const limits = (info?.limits ?? {}) as Record<string, number>;
  return (
    <section class="card stack" aria-labelledby="about">
      <h2 id="about">{say("About")}</h2>
      {info && (
        <FactList
          facts={[
            [say("Tunelens"), info.version],
            [say("Token"), info.token_needed ? say("needed") : say("not needed on this computer")],
            [say("Largest upload"), gigabytes(limits.upload_bytes ?? 0)],
            [say("Longest sound"), say("{n} min", { n: number((limits.duration_s ?? 0) / 60) })],
          ]}
        />
      )}
      <p class="small">
        <a href="/api/v1/openapi.json">{say("The interface for programs (OpenAPI)")}</a>
      </p>
    </section>
  );
}
