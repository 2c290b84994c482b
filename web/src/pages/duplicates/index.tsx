import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { address, get, post } from "../../api";
import { useLoaded } from "../../loaded";
import { Button, EmptyState, ErrorBox, Icon, IconButton, Loading, tellProblem } from "../../parts";
import { titleOf } from "../../track";
import { clock, number, say } from "../../words";
import "./duplicates.css";
import { Pair } from "./pair";
import { type Copy, type Decision, type File, type Found, type Group, ruleText } from "./types";

const PER_PAGE = 25;
type Decisions = Signal<ReadonlyMap<string, Decision>>;

/** Files of the same recording: which is the best, why, and what shall become of the others. */
export default function Duplicates() {
  const offset = useSignal(0);
  const decisions: Decisions = useSignal<ReadonlyMap<string, Decision>>(new Map());
  const found = useLoaded<Found>(
    (abort) => get("/duplicates", { limit: PER_PAGE, offset: offset.value }, abort),
    [offset.value],
  );
  const told = useLoaded(async (abort) => {
    const { items } = await get<{ items: { keep: number; copy: number; decision: Decision }[] }>(
      "/copies",
      {},
      abort,
    );
    decisions.value = new Map(items.map((one) => [`${one.keep}/${one.copy}`, one.decision]));
  }, []);
  const shown = found.data.value;
  const nSpare = [...decisions.value.values()].filter((one) => one === "spare").length;
  return (
    <div class="page">
      <header class="page-head">
        <h1>{say("Duplicates")}</h1>
        <a
          class={nSpare ? "button main" : "button plain"}
          href={address("/copies/script")}
          download="spare-copies.sh"
          aria-disabled={!nSpare}
        >
          <Icon name="download" size={18} />
          {say("Script for {n} spare copies", { n: number(nSpare) })}
        </a>
      </header>
      <p class="quiet">
        {say(
          "Nothing is deleted here. Decide which copies are spare; the script then asks about each of them when you run it.",
        )}
      </p>
      {[found, told].map(
        (one, at) =>
          one.error.value !== undefined && (
            <ErrorBox key={at ? "told" : "found"} error={one.error.value} retry={one.again} />
          ),
      )}
      {!shown && found.loading.value && <Loading label={say("Comparing recordings…")} />}
      {shown && <Summary found={shown} />}
      {shown?.items.length === 0 && (
        <EmptyState icon="duplicates" title={say("No recording is there twice")} />
      )}
      <ul class="groups" aria-label={say("Duplicates")}>
        {shown?.items.map((group) => (
          <li key={group.keep.id}>
            <GroupCard group={group} decisions={decisions} />
          </li>
        ))}
      </ul>
      {shown && shown.total > PER_PAGE && <Pages total={shown.total} offset={offset} />}
      {shown && shown.parts.length > 0 && <Parts found={shown} />}
    </div>
  );
}

function Summary({ found }: { found: Found }) {
  return (
    <p class="quiet small">
      {say("{n} recordings have copies, which take {size}; {tracks} tracks were compared.", {
        n: number(found.total),
        size: megabytes(found.spare_bytes),
        tracks: number(found.n_tracks),
      })}
    </p>
  );
}

function Pages({ total, offset }: { total: number; offset: Signal<number> }) {
  const last = Math.min(total, offset.value + PER_PAGE);
  return (
    <nav class="row" aria-label={say("Pages of duplicates")}>
      <Button icon="left" disabled={offset.value === 0} onClick={() => (offset.value -= PER_PAGE)}>
        {say("Previous ones")}
      </Button>
      <span class="tabular quiet">{`${number(offset.value + 1)}–${number(last)} / ${number(total)}`}</span>
      <Button icon="right" disabled={last >= total} onClick={() => (offset.value += PER_PAGE)}>
        {say("More of them")}
      </Button>
    </nav>
  );
}

function GroupCard({ group, decisions }: { group: Group; decisions: Decisions }) {
  const { keep, copies } = group;
  return (
    <article class="card group" aria-label={titleOf(keep)}>
      <FileLine file={keep} best />
      {copies.map((copy) => (
        <CopyLine key={copy.id} keep={keep} copy={copy} decisions={decisions} />
      ))}
    </article>
  );
}

function FileLine({ file, best }: { file: File; best?: boolean }) {
  const kbps = file.bit_rate ? `${number(file.bit_rate / 1000)} kbit/s` : "";
  const facts = [file.codec?.toUpperCase() ?? "", kbps, clock(file.duration_s), megabytes(file.size_bytes)];
  return (
    <div class="file">
      <div class="file-names">
        <a href={`/tracks/${file.id}`} class="ellipsis">
          {file.artist ? `${file.artist} – ${titleOf(file)}` : titleOf(file)}
        </a>
        <span class="quiet small ellipsis" title={file.path}>
          {file.path}
        </span>
      </div>
      <span class="quiet small tabular">{facts.filter(Boolean).join(" · ")}</span>
      {best && (
        <span class="chip best">
          <Icon name="check" size={14} /> {say("best")}
        </span>
      )}
    </div>
  );
}

interface CopyProps {
  keep: File;
  copy: Copy;
  decisions: Decisions;
}

function CopyLine({ keep, copy, decisions }: CopyProps) {
  const key = `${keep.id}/${copy.id}`;
  const now = decisions.value.get(key);
  const decide = async (decision: Decision) => {
    const next = now === decision ? null : decision;
    try {
      await post("/copies", { keep: keep.id, copy: copy.id, decision: next });
      const all = new Map(decisions.value);
      if (next) all.set(key, next);
      else all.delete(key);
      decisions.value = all;
    } catch (problem) {
      tellProblem(problem);
    }
  };
  return (
    <div class={`copy ${now ?? ""}`}>
      <FileLine file={copy} />
      <p class="quiet small">
        {[copy.identical ? say("the same bytes") : ruleText(copy.why), ...differences(copy)].join(say("; "))}
      </p>
      <div class="row">
        <Together keep={keep} copy={copy} />
        <Button icon="trash" aria-pressed={now === "spare"} class="decision" onClick={() => decide("spare")}>
          {say("Spare")}
        </Button>
        <Button icon="close" aria-pressed={now === "other"} class="decision" onClick={() => decide("other")}>
          {say("Not a copy")}
        </Button>
      </div>
    </div>
  );
}

function differences(copy: Copy): string[] {
  const found: string[] = [];
  if (Math.abs(copy.offset_s) >= 0.05) found.push(say("begins {s} s apart", { s: number(copy.offset_s, 2) }));
  if (copy.gain_db !== null && Math.abs(copy.gain_db) >= 0.1) {
    found.push(say("{db} dB", { db: `${copy.gain_db > 0 ? "+" : "−"}${number(Math.abs(copy.gain_db), 1)}` }));
  }
  return found;
}

/** Plays both files at the same place and lets one hear the one or the other. */
function Together({ keep, copy }: { keep: File; copy: Copy }) {
  const pair = useSignal<Pair | null>(null);
  useEffect(() => () => pair.value?.leave(), [pair]);
  const now = pair.value;
  if (!now) {
    return (
      <Button
        icon="play"
        onClick={() => {
          pair.value = new Pair(keep.id, copy.id, copy.offset_s);
          pair.value.toggle();
        }}
      >
        {say("Hear both")}
      </Button>
    );
  }
  return (
    <fieldset class="together" aria-label={say("Hear both")}>
      <IconButton
        icon={now.playing.value ? "pause" : "play"}
        label={now.playing.value ? say("Pause") : say("Hear both")}
        onClick={() => now.toggle()}
      />
      <input
        type="range"
        min={0}
        max={keep.duration_s}
        step={0.1}
        value={now.position.value}
        aria-label={say("Place in the track")}
        onInput={(event) => now.seek(Number(event.currentTarget.value))}
      />
      <Button class="swap" aria-pressed={now.hearsCopy.value} onClick={() => now.swap()}>
        {now.hearsCopy.value ? say("You hear the copy") : say("You hear the best")}
      </Button>
    </fieldset>
  );
}

/** Files of which another holds all and more: no duplicates. */
function Parts({ found }: { found: Found }) {
  return (
    <details class="card parts">
      <summary>{say("{n} files are a part of another one", { n: number(found.n_parts) })}</summary>
      <ul>
        {found.parts.map(({ part, whole, offset_s }) => (
          <li key={`${part.id}-${whole.id}`} class="small">
            <a href={`/tracks/${part.id}`}>{titleOf(part)}</a>{" "}
            {say("from {time} on in", { time: clock(offset_s) })}{" "}
            <a href={`/tracks/${whole.id}`}>{titleOf(whole)}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}

function megabytes(bytes: number): string {
  return `${number(bytes / 1e6, bytes < 1e7 ? 1 : 0)} MB`;
}
