// Read what the page holds, and begin.

import { readColumns } from "./columns.js";
import { held, Songs, unpack } from "./data.js";
import { Address } from "./hash.js";
import { listenToKeys } from "./keys.js";
import { Legend } from "./legend.js";
import { SongMap } from "./map.js";
import { DARK, paletteOf } from "./palette.js";
import { Panel } from "./panel.js";
import { Player } from "./player.js";
import { Search } from "./search.js";
import { Selection } from "./selection.js";
import { learnHan, say, speak } from "./words.js";

function wire(map, tools) {
  const click = (id, act) => document.getElementById(id).addEventListener("click", act);
  click("zoom-in", () => map.zoom(1.6));
  click("zoom-out", () => map.zoom(1 / 1.6));
  click("fit", () => map.fit());
  click("lasso", () => map.lassoMode(!map.isLassoing));
  const button = document.getElementById("lasso");
  map.on("lassoing", (isOn) => button.setAttribute("aria-pressed", String(isOn)));
  listenToKeys(map, tools);
}

// On a small screen the map comes first: what can be unfolded begins folded.
function foldSections() {
  if (!window.matchMedia("(max-width: 48rem)").matches) return;
  for (const section of document.querySelectorAll("details[open]")) section.open = false;
}

async function start() {
  const about = JSON.parse(held("about"));
  speak(about.words, about.lang);
  learnHan(about.han);
  if (typeof DecompressionStream === "undefined") throw new Error(say("old_browser"));
  const songs = new Songs(about, await unpack(held("songs")));
  const columns = readColumns(about, songs);
  foldSections();
  const [box, points, over] = ["map", "points", "over"].map((id) => document.getElementById(id));
  const map = new SongMap({ box, points, over }, songs, { frame: about.box, palette: paletteOf(about) });
  map.columns = columns;
  DARK.addEventListener("change", () => map.paletteIs(paletteOf(about)));
  const player = new Player(map);
  const tools = { player, panel: new Panel(map, player), legend: new Legend(map), search: new Search(map) };
  tools.selection = new Selection(map);
  const address = new Address(map);
  map.colourBy(columns.find((column) => column.name === about.colour) ?? columns[0]);
  address.read();
  wire(map, tools);
  map.draw();
  document.documentElement.dataset.ready = map.painter.kind;
  window.tunelensMap = { map, ...tools };
}

start().catch((error) => {
  document.getElementById("failure").hidden = false;
  document.getElementById("failure").textContent = error.message;
  console.error(error);
});
