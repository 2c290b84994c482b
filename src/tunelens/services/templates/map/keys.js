// Keys: arrows pan, or go from the chosen song to the next one that way (with Shift they pan always), + and -
// zoom, 0 shows all, / searches, l is the lasso, Enter chooses, space plays.

const STEP = 60;

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function go(map, [right, up], isToPan) {
  if (map.chosen >= 0 && !isToPan) map.step(right, up);
  else map.pan(-STEP * right, STEP * up);
}

export function pressed(map, tools, { key, shiftKey }) {
  if (key in WAYS) go(map, WAYS[key], shiftKey);
  else if (key === "+" || key === "=") map.zoom(1.4);
  else if (key === "-" || key === "_") map.zoom(1 / 1.4);
  else if (key === "0") map.fit();
  else if (key === "/") tools.search.field.focus();
  else if (key === "l") map.lassoMode(!map.isLassoing);
  else if (key === "Enter") map.chooseMiddle();
  else if (key === " ") tools.player.toggle();
  else if (key === "Escape") escape(map, tools);
  else return false;
  return true;
}

function escape(map, tools) {
  if (map.rope.length || map.isLassoing) {
    map.dropRope();
    map.lassoMode(false);
  } else if (map.chosen >= 0) map.choose(-1);
  else if (tools.selection.rows.length) tools.selection.clear();
  else tools.search.clear();
}

export function listenToKeys(map, tools) {
  map.box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressed(map, tools, event)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const isWriting = event.target.closest("input, select, textarea, audio");
    if (event.key === "/" && !isWriting) {
      event.preventDefault();
      tools.search.field.focus();
    }
  });
}
