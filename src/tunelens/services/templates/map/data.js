// What the page holds: one compressed block of columns, read once and never copied.

const TYPES = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array };

export function held(id) {
  return document.getElementById(id).textContent;
}

export async function unpack(base64) {
  const packed = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

export class Songs {
  constructor(about, buffer) {
    this.buffer = buffer;
    this.sections = about.sections;
    this.n = about.n;
    this.places = this.column("places");
    this.titles = this.column("titles");
    this.artists = this.column("artists");
    this.urls = this.column("urls");
    this.ids = this.column("ids");
    this.near = about.neighbours ? this.column("near") : null;
    this.k = about.neighbours;
  }

  // Return a typed array over the block, or the texts of a column; null where there is none.
  column(name) {
    if (!(name in this.sections)) return null;
    const [type, offset, length] = this.sections[name];
    if (type !== "text") return new TYPES[type](this.buffer, offset, length);
    return JSON.parse(new TextDecoder().decode(new Uint8Array(this.buffer, offset, length)));
  }

  x(i) {
    return this.places[2 * i] / 65535;
  }

  y(i) {
    return this.places[2 * i + 1] / 65535;
  }

  name(i) {
    return this.artists[i] ? `${this.artists[i]} – ${this.titles[i]}` : this.titles[i];
  }
}
