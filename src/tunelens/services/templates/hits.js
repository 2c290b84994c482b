(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const gone = (x) => x === "" || x === "–" || Number.isNaN(x);
  const value = (row, column) => {
    const cell = row.cells[column];
    return "v" in cell.dataset ? parseFloat(cell.dataset.v) : cell.textContent.trim();
  };
  const compare = (a, b) => {
    if (gone(a) || gone(b)) return gone(a) - gone(b);
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), document.documentElement.lang, { numeric: true });
  };
  const sort = (table, head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = Array.from(table.tBodies[0].rows, (row) => [value(row, column), row]);
    rows.sort(([a], [b]) => (down && !gone(a) && !gone(b) ? compare(b, a) : compare(a, b)));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head, column));
      head.append(button);
    });
  }
  const of = document.body.dataset.of;
  for (const field of document.querySelectorAll("input[data-filters]")) {
    const rows = Array.from(document.getElementById(field.dataset.filters).tBodies[0].rows);
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const filter = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let n = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((word) => texts[i].includes(word));
        n += !row.hidden;
      });
      field.nextElementSibling.textContent = of.replace("{n}", n).replace("{total}", rows.length);
    };
    field.addEventListener("input", filter);
    filter();
  }
  for (const audio of document.querySelectorAll("audio")) {
    audio.addEventListener("play", () => {
      for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    });
  }
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => (d.open = true)));
})();
