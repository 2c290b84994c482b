(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const table = document.getElementById("tracks");
  if (!table) return;
  const body = table.tBodies[0];
  const value = (row, column) => {
    const cell = row.cells[column];
    return "v" in cell.dataset ? parseFloat(cell.dataset.v) : cell.textContent.trim();
  };
  const compare = (a, b) => {
    const gone = (x) => x === "" || Number.isNaN(x);
    if (gone(a) || gone(b)) return gone(a) - gone(b);
    return typeof a === "number" ? a - b : a.localeCompare(b, undefined, { numeric: true });
  };
  const sort = (head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = Array.from(body.rows, (row) => [value(row, column), row]);
    const gone = (x) => x === "" || Number.isNaN(x);
    rows.sort(([a], [b]) => (down && !gone(a) && !gone(b) ? compare(b, a) : compare(a, b)));
    body.append(...rows.map(([, row]) => row));
  };
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, column));
    head.append(button);
  });
  const field = document.getElementById("filter");
  const count = document.getElementById("count");
  const texts = new Map(Array.from(body.rows, (row) => [row, row.textContent.toLowerCase()]));
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of texts) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    count.textContent = `${shown} of ${texts.size}`;
  };
  field.addEventListener("input", filter);
  filter();
})();
