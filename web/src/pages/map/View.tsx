import { pressed } from "@map/keys.js";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { get } from "../../api";
import { hoverPlays } from "../../habits";
import { useLoaded } from "../../loaded";
import { Check, ErrorBox, IconButton, Loading, Select, tellProblem } from "../../parts";
import { toggle } from "../../player";
import { remember, search } from "../../router";
import { language, number, say } from "../../words";
import "../library/library.css"; // of the search field and the choice of playlists
import { Search } from "../library/Search";
import { Atlas } from "./atlas";
import { Chosen } from "./Chosen";
import { Legend } from "./Legend";
import { type Kept, loadPoints, type Points } from "./load";
import { Roped } from "./Roped";

const TYPING_MS = 200;

/** The map, its tools, and what is told beside it. */
export function View({ kept }: { kept: Kept }) {
  const points = useLoaded(loadPoints, [kept.stamp]);
  if (points.error.value !== undefined) return <ErrorBox error={points.error.value} retry={points.again} />;
  if (!points.data.value) return <Loading label={say("Loading {n} songs…", { n: number(kept.n) })} />;
  return <Drawn key={kept.stamp} kept={kept} points={points.data.value} />;
}

function Drawn({ kept, points }: { kept: Kept; points: Points }) {
  const atlas = useSignal<Atlas | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const canvases = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null)] as const;
  useEffect(() => {
    const [under, over] = [canvases[0].current, canvases[1].current];
    if (!box.current || !under || !over) return;
    const made = new Atlas({ box: box.current, points: under, over }, points, kept);
    box.current.dataset.painter = made.map.painter.kind;
    Object.assign(box.current, { atlas: made }); // for who looks from outside: tests, a bench, a console
    atlas.value = made;
    return () => made.leave();
  }, []);
  const now = atlas.value;
  return (
    <div class="atlas">
      <div class="atlas-sheet">
        <div
          ref={box}
          class={now?.lassoing.value ? "atlas-box lassoing" : "atlas-box"}
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move the map
          tabIndex={0}
          aria-label={say("Map of {n} songs", { n: number(points.n) })}
          aria-describedby="atlas-keys"
          onKeyDown={(event) => now && answer(now, event)}
        >
          <canvas ref={canvases[0]} />
          <canvas ref={canvases[1]} />
        </div>
        {kept.axes.length === 2 && <Axes axes={kept.axes} />}
        {now && <Tools atlas={now} />}
      </div>
      {now && <Beside atlas={now} kept={kept} />}
    </div>
  );
}

function answer(atlas: Atlas, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = () => document.querySelector<HTMLInputElement>(".atlas-side .search input")?.focus();
  const tools = {
    search: { field: { focus: field }, clear: () => remember({ query: "" }) },
    player: { toggle },
    selection: { rows: atlas.roped.value, clear: () => atlas.rope([]) },
  };
  if (pressed(atlas.map, tools, event)) event.preventDefault();
}

function Axes({ axes }: { axes: string[] }) {
  return (
    <>
      <p class="axis across" aria-hidden="true">{`${axes[0]} →`}</p>
      <p class="axis up" aria-hidden="true">{`${axes[1]} →`}</p>
    </>
  );
}

function Tools({ atlas }: { atlas: Atlas }) {
  const { map, lassoing } = atlas;
  return (
    <div class="atlas-tools" role="toolbar" aria-label={say("Tools of the map")}>
      <IconButton
        icon="lasso"
        pressed={lassoing.value}
        label={say("Lasso: draw around songs (L, or drag with Shift)")}
        onClick={() => map.lassoMode(!lassoing.value)}
      />
      <IconButton icon="fit" label={say("Show all (0)")} onClick={() => map.fit()} />
      <IconButton icon="plus" label={say("Zoom in (+)")} onClick={() => map.zoom(1.6)} />
      <IconButton icon="minus" label={say("Zoom out (-)")} onClick={() => map.zoom(1 / 1.6)} />
    </div>
  );
}

function Beside({ atlas, kept }: { atlas: Atlas; kept: Kept }) {
  const chosen = atlas.chosen.value;
  void atlas.named.value;
  return (
    <aside class="atlas-side">
      <Finder atlas={atlas} />
      {chosen >= 0 && <Chosen key={chosen} atlas={atlas} row={chosen} />}
      {atlas.roped.value.length > 0 && <Roped atlas={atlas} />}
      <Colours atlas={atlas} kept={kept} />
      <Reading kept={kept} />
      <p class="unseen" role="status" aria-live="polite">
        {chosen >= 0 ? atlas.points.name(chosen) : ""}
      </p>
    </aside>
  );
}

/** Lets what a query finds stand out. */
function Finder({ atlas }: { atlas: Atlas }) {
  const query = useSignal(search.value.get("query") ?? "");
  const n = useSignal<number | null>(null);
  const error = useSignal<unknown>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    const waiting = setTimeout(async () => {
      const asked = query.value.trim();
      remember({ query: asked });
      try {
        const found = asked
          ? await get<{ ids: number[] }>("/map/matches", { query: asked }, leaving.signal)
          : null;
        const shown = atlas.find(found?.ids ?? null);
        n.value = found && shown;
        error.value = undefined;
      } catch (problem) {
        if (!leaving.signal.aborted) error.value = problem;
      }
    }, TYPING_MS);
    return () => {
      clearTimeout(waiting);
      leaving.abort();
    };
  }, [atlas, query.value, n, error]);
  return (
    <div class="atlas-find">
      <Search query={query} error={error.value} />
      <p class="quiet small" role="status">
        {n.value === null ? "" : say("{n} songs stand out", { n: number(n.value) })}
      </p>
    </div>
  );
}

function Colours({ atlas, kept }: { atlas: Atlas; kept: Kept }) {
  const asked = useSignal(search.value.get("colour") ?? kept.colour);
  const known = kept.columns.some((column) => column.name === asked.value) ? asked.value : kept.colour;
  const lang = language.value;
  useEffect(() => {
    atlas.colourBy(known).catch(tellProblem);
  }, [atlas, known, lang]);
  return (
    <section class="card">
      <Select
        label={say("Colour")}
        value={known}
        choices={kept.columns.map((column) => ({ value: column.name, text: column.label }))}
        onChange={(name) => {
          asked.value = name;
          remember({ colour: name });
        }}
      />
      <Legend atlas={atlas} />
    </section>
  );
}

function Reading({ kept }: { kept: Kept }) {
  return (
    <details class="card">
      <summary>{say("How to read this map")}</summary>
      {kept.reading.map((text) => (
        <p key={text} class="small">
          {text}
        </p>
      ))}
      {kept.trust !== null && (
        <p class="small">
          {say("Trustworthiness of neighbours on the map: {trust} (1 is perfect, 0.5 is chance)", {
            trust: number(kept.trust, 2),
          })}
        </p>
      )}
      <p class="small quiet" id="atlas-keys">
        {say(
          "Drag or arrow keys move, wheel, pinch or + and - zoom, 0 shows all, / searches, L or Shift-drag is the lasso, click or Enter chooses and plays a song, arrow keys go on from it to the next one that way, space pauses, Esc closes.",
        )}
      </p>
      <Check
        label={say("Play a song while it is pointed at")}
        checked={hoverPlays.value}
        onChange={(on) => {
          hoverPlays.value = on;
        }}
      />
    </details>
  );
}
