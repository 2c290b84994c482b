// Words of the page's language, numbers as its readers write them, and text made comparable.

let WORDS = {};
let LANGUAGE = "en";

// Say everything in these words from now on.
export function speak(words, language) {
  WORDS = words;
  LANGUAGE = language;
}

export function say(key, values = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export function count(n) {
  return n.toLocaleString(LANGUAGE);
}

export function amount(value, digits) {
  return value.toLocaleString(LANGUAGE, { maximumFractionDigits: digits, useGrouping: digits > 0 || value > 9999 });
}

const VOICED = new Set(["\u3099", "\u309a"]);
const LATIN = { ø: "o", đ: "d", ð: "d", ł: "l", ħ: "h", ı: "i", æ: "ae", œ: "oe", þ: "th", ß: "ss" };
const SIMPLE = new Map(Object.entries(LATIN));

// Teach which traditional characters are which simplified ones: pairs, one after the other.
export function learnHan(pairs) {
  const chars = Array.from(pairs);
  for (let at = 0; at + 1 < chars.length; at += 2) SIMPLE.set(chars[at], chars[at + 1]);
}

function plain(char) {
  const code = char.codePointAt(0);
  if (code >= 0x30a1 && code < 0x30f7) return String.fromCharCode(code - 0x60);
  return SIMPLE.get(char) ?? char;
}

// Make one what a searcher holds for one: case, accents, wide forms, kana, traditional Chinese.
export function fold(text) {
  const wide = Array.from(text.normalize("NFKC").toLowerCase(), plain).join("");
  const bare = wide.normalize("NFD").replace(/\p{M}/gu, (mark) => (VOICED.has(mark) ? mark : ""));
  return bare.normalize("NFC").replace(/\s+/g, " ").trim();
}

// Make an element; text is set as text, so no title is ever markup.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// Isolate a text's direction, so that one song cannot turn round the words beside it.
export function isolated(text, tag = "bdi", attributes = {}) {
  return make(tag, { dir: "auto", ...attributes }, text);
}

// Tell who cannot see what has happened.
export function announce(text) {
  document.getElementById("status").textContent = text;
}
