// What songs can be coloured by. Every column sorts songs into classes: entries of its legend.

import { amount, count, say } from "./words.js";

const MISSING_CODE = 0;
const SHADES = 64;
const N_BINS = 8;

export class Category {
  constructor(about, songs) {
    this.name = about.name;
    this.label = about.label;
    this.codes = songs.column(about.section);
    this.labels = songs.column(about.labels);
    this.shown = about.shown;
    this.isAmount = false;
    this.classify(songs.n);
  }

  // Classes: the labels of the legend, the others, the unknown.
  classify(n) {
    this.others = this.labels.length > this.shown ? this.shown : -1;
    this.missing = this.shown + (this.others >= 0 ? 1 : 0);
    this.classes = new Uint8Array(n);
    this.counts = new Uint32Array(this.missing + 1);
    for (let i = 0; i < n; i++) {
      const code = this.codes[i];
      const found = code === MISSING_CODE ? this.missing : Math.min(code - 1, this.shown);
      this.classes[i] = found;
      this.counts[found]++;
    }
  }

  text(i) {
    return this.codes[i] === MISSING_CODE ? "" : this.labels[this.codes[i] - 1];
  }

  entry(at) {
    if (at === this.missing) return say("unknown");
    return at === this.others ? say("others", { n: count(this.labels.length - this.shown) }) : this.labels[at];
  }

  look(at, palette) {
    if (at === this.missing || at === this.others) return { colour: palette.grey, shape: 0 };
    return { colour: palette.colours[at % palette.colours.length], shape: Math.floor(at / palette.colours.length) };
  }

  paint(i, palette) {
    return this.look(this.classes[i], palette);
  }
}

export class Amount {
  constructor(about, songs) {
    Object.assign(this, { name: about.name, label: about.label, low: about.low, high: about.high });
    this.floor = about.floor;
    this.ceiling = about.ceiling;
    this.digits = about.digits;
    this.codes = songs.column(about.section);
    this.isAmount = true;
    this.bins = this.digits === 0 ? Math.min(N_BINS, this.high - this.low + 1) : N_BINS;
    this.missing = this.bins;
    this.classify(songs.n);
  }

  value(i) {
    const code = this.codes[i];
    if (this.codes instanceof Float32Array) return code;
    if (code === MISSING_CODE) return NaN;
    return this.floor + ((code - 1) / 65534) * (this.ceiling - this.floor);
  }

  // Where a value lies on the scale of colours, 0 to 1.
  share(value) {
    const width = this.high - this.low;
    return width > 0 ? Math.min(1, Math.max(0, (value - this.low) / width)) : 0.5;
  }

  classify(n) {
    this.classes = new Uint8Array(n);
    this.counts = new Uint32Array(this.bins + 1);
    for (let i = 0; i < n; i++) {
      const value = this.value(i);
      const found = Number.isNaN(value) ? this.missing : this.bin(value);
      this.classes[i] = found;
      this.counts[found]++;
    }
  }

  bin(value) {
    if (this.digits > 0) return Math.min(this.bins - 1, Math.floor(this.share(value) * this.bins));
    const whole = Math.min(this.high, Math.max(this.low, Math.round(value)));
    return Math.floor(((whole - this.low) * this.bins) / (this.high - this.low + 1));
  }

  text(i) {
    const value = this.value(i);
    return Number.isNaN(value) ? "" : amount(value, this.digits);
  }

  entry(at) {
    if (at === this.missing) return say("unknown");
    const [from, to] = this.digits > 0 ? this.edges(at) : this.wholes(at);
    if (from === to) return amount(from, this.digits);
    return `${amount(from, this.digits)} – ${amount(to, this.digits)}`;
  }

  // The outer classes hold what lies beyond the scale, and say so by their true ends.
  edges(at) {
    const step = (this.high - this.low) / this.bins;
    const from = at === 0 ? this.floor : this.low + at * step;
    return [from, at === this.bins - 1 ? this.ceiling : this.low + (at + 1) * step];
  }

  wholes(at) {
    const span = this.high - this.low + 1;
    const from = at === 0 ? this.floor : this.low + Math.ceil((at * span) / this.bins);
    const to = at === this.bins - 1 ? this.ceiling : this.low + Math.ceil(((at + 1) * span) / this.bins) - 1;
    return [Math.round(from), Math.round(to)];
  }

  look(at, palette) {
    if (at === this.missing) return { colour: palette.grey, shape: 0 };
    return { colour: palette.ramp[Math.floor(((at + 0.5) / this.bins) * SHADES)], shape: 0 };
  }

  paint(i, palette) {
    const value = this.value(i);
    if (Number.isNaN(value)) return { colour: palette.grey, shape: 0 };
    return { colour: palette.ramp[Math.min(SHADES - 1, Math.floor(this.share(value) * SHADES))], shape: 0 };
  }
}

export function readColumns(about, songs) {
  return about.columns.map((one) => (one.kind === "number" ? new Amount(one, songs) : new Category(one, songs)));
}
