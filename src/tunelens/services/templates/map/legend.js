// The legend: every class with its count; a click hides or shows it, a double click shows it alone.

import { css, swatch } from "./palette.js";
import { amount, count, isolated, make, say } from "./words.js";

export class Legend {
  constructor(map) {
    this.map = map;
    this.list = document.getElementById("legend");
    this.all = document.getElementById("show-all");
    this.pick = document.getElementById("colour");
    this.offer();
    this.pick.addEventListener("change", () => map.colourBy(map.columns[Number(this.pick.value)]));
    this.all.addEventListener("click", () => map.showAll());
    for (const name of ["coloured", "theme"]) map.on(name, () => this.show());
    map.on("toggled", () => this.mark());
  }

  offer() {
    const groups = new Map([[false, say("groups")], [true, say("numbers")]]);
    for (const [isAmount, label] of groups) {
      const some = this.map.columns.flatMap((column, at) => (column.isAmount === isAmount ? [[column, at]] : []));
      if (some.length === 0) continue;
      const options = some.map(([column, at]) => make("option", { value: at }, column.label));
      this.pick.append(make("optgroup", { label }, ...options));
    }
  }

  show() {
    const { column, palette } = this.map;
    this.pick.value = this.map.columns.indexOf(column);
    document.getElementById("legend-title").textContent = column.label;
    this.scale(column, palette);
    const entries = Array.from(column.counts, (n, at) => [n, at]).filter(([n]) => n > 0);
    this.list.replaceChildren(...entries.map(([n, at]) => this.entry(column, palette, n, at)));
    this.mark();
  }

  entry(column, palette, n, at) {
    const act = { onclick: () => this.map.toggle(at), ondblclick: () => this.map.toggle(at, true) };
    const button = make(
      "button",
      { type: "button", "data-class": at, title: say("legend_help"), ...act },
      swatch(column.look(at, palette)),
      isolated(column.entry(at), "bdi", { class: "name" }),
      make("span", { class: "n" }, count(n)),
    );
    return make("li", {}, button);
  }

  scale(column, palette) {
    const bar = document.getElementById("scale");
    bar.hidden = !column.isAmount;
    if (!column.isAmount) return;
    const stops = palette.ramp.filter((_, at) => at % 7 === 0).map(css);
    bar.querySelector("i").style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
    const [low, high] = bar.querySelectorAll("span");
    low.textContent = `${column.low > column.floor ? "≤ " : ""}${amount(column.low, column.digits)}`;
    high.textContent = `${column.high < column.ceiling ? "≥ " : ""}${amount(column.high, column.digits)}`;
  }

  mark() {
    for (const button of this.list.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(!this.map.hidden.has(Number(button.dataset.class))));
    }
    this.all.hidden = this.map.hidden.size === 0;
  }
}
