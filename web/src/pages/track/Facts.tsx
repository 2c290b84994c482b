import type { ComponentChildren } from "preact";
import { Meter } from "../../parts";
import { number, percent, say } from "../../words";
import type { Analysis, Descriptors } from "./types";

const SURE = 0.8;
const LIKELY = 0.5;

/** How sure something is, in a word and a number. */
export function Sureness({ share }: { share: number }) {
  const told = share >= SURE ? say("sure") : share >= LIKELY ? say("likely") : say("not sure");
  return (
    <span class={share >= LIKELY ? "sureness" : "sureness unsure"}>
      {told} <span class="tabular">{percent(share)}</span>
    </span>
  );
}

interface BigProps {
  name: string;
  value: ComponentChildren;
  sure?: number;
  more?: string;
}

function Big({ name, value, sure, more }: BigProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong class="tabular">{value}</strong>
        {sure !== undefined && <Sureness share={sure} />}
        {more && <span class="quiet small">{more}</span>}
      </dd>
    </div>
  );
}

function keyText({ tonic, mode }: Descriptors["key"]): string {
  if (!tonic) return "–";
  return mode === "minor" ? say("{tonic} minor", { tonic }) : say("{tonic} major", { tonic });
}

/** What was measured, and how sure it is. */
export function Facts({ descriptors }: { descriptors: Descriptors }) {
  const { tempo, key, loudness_lufs, loudness_range_lu } = descriptors;
  const others = tempo.alternatives.slice(0, 2).map(([bpm, share]) => `${number(bpm)} (${percent(share)})`);
  return (
    <section class="card">
      <h2>{say("Measured")}</h2>
      <dl class="bigs">
        <Big
          name={say("Tempo")}
          value={tempo.bpm === null ? "–" : `${number(tempo.bpm, 1)} BPM`}
          sure={tempo.bpm === null ? undefined : tempo.confidence}
          more={tempo.reason ?? (others.length ? say("or {others}", { others: others.join(say(", ")) }) : "")}
        />
        <Big
          name={say("Key")}
          value={keyText(key)}
          sure={key.tonic ? key.confidence : undefined}
          more={key.reason ?? (key.camelot ? `Camelot ${key.camelot}` : "")}
        />
        <Big
          name={say("Loudness")}
          value={loudness_lufs === null ? "–" : `${number(loudness_lufs, 1)} LUFS`}
          more={loudness_range_lu === null ? "" : say("range {n} LU", { n: number(loudness_range_lu, 1) })}
        />
      </dl>
      <div class="meters">
        <Share name={say("Energy")} value={descriptors.energy} />
        <Share name={say("Danceability")} value={descriptors.danceability.value} />
      </div>
    </section>
  );
}

function Share({ name, value }: { name: string; value: number | null }) {
  return <Meter label={name} share={value ?? 0} text={value === null ? "–" : percent(value)} />;
}

/** Where it lies, how it is stored, what it was heard with. */
export function FileFacts({ analysis }: { analysis: Analysis }) {
  const { info, versions, descriptors } = analysis;
  const sound = [
    info.codec,
    info.sr && `${number(info.sr / 1000, 1)} kHz`,
    info.n_channels && say("{n} channels", { n: info.n_channels }),
    info.bit_rate && `${number(info.bit_rate / 1000)} kbit/s`,
    `${number(analysis.size_bytes / 1e6, 1)} MB`,
  ];
  const rows = Object.entries(descriptors.pooled ?? {}).filter(([name]) => name.endsWith(".mean"));
  return (
    <section class="card">
      <h2>{say("The file")}</h2>
      <p class="path small">{analysis.path}</p>
      <p class="quiet small">{sound.filter(Boolean).join(" · ")}</p>
      <p class="quiet small">
        {say("Heard with")}{" "}
        {Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(" · ")}
      </p>
      <details>
        <summary>{say("Descriptors: means over the whole track")}</summary>
        <table class="numbers small">
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name.replace(/\.mean$/, "")}</th>
                <td class="tabular">{value.toPrecision(4)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
