// Points by WebGL 2: places, colours and marks lie on the graphics card; a frame sends three numbers.

export const HIDDEN = 0;
export const DIM = 1;
export const NORMAL = 2;
export const STRONG = 3;

const VERTEX = `#version 300 es
in vec2 a_place;
in vec3 a_colour;
in vec2 a_mark;
uniform vec2 u_scale, u_shift;
uniform float u_size;
flat out vec3 v_colour;
flat out vec2 v_mark;
flat out float v_size;
void main() {
  float emphasis = a_mark.y;
  bool is_dim = emphasis < 1.5;
  float depth = is_dim ? 0.5 : 0.0; // what is dim lies behind, so that one call draws both
  gl_Position = emphasis > 0.5 ? vec4(a_place * u_scale + u_shift, depth, 1.0) : vec4(2.0, 2.0, 0.0, 1.0);
  v_size = u_size * (emphasis > 2.5 ? 1.5 : is_dim ? 0.8 : 1.0) * (a_mark.x > 0.5 ? 1.15 : 1.0);
  gl_PointSize = v_size;
  v_colour = a_colour;
  v_mark = a_mark;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec3 v_colour;
flat in vec2 v_mark;
flat in float v_size;
uniform vec3 u_page;
uniform float u_alpha;
out vec4 colour;
float outside(vec2 p, float shape) {
  if (shape < 0.5) return length(p) - 1.0;
  if (shape < 1.5) return max(abs(p.x), abs(p.y)) - 0.84;
  if (shape < 2.5) return max(p.y - 0.72, abs(p.x) * 0.88 - p.y * 0.46 - 0.5);
  return (abs(p.x) + abs(p.y)) * 0.78 - 0.76;
}
void main() {
  float away = outside(2.0 * gl_PointCoord - 1.0, v_mark.x) * v_size * 0.5;
  float cover = clamp(0.5 - away, 0.0, 1.0);
  if (cover <= 0.0) discard;
  float rim = v_size > 7.0 ? 0.55 * smoothstep(-1.6, -0.4, away) : 0.0;
  float alpha = v_mark.y < 1.5 ? 0.16 : v_mark.y > 2.5 ? 1.0 : u_alpha;
  colour = vec4(mix(v_colour, u_page, rim), cover * alpha);
}`;

function compiled(gl, kind, source) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
  return shader;
}

function linked(gl) {
  const program = gl.createProgram();
  gl.attachShader(program, compiled(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, compiled(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}

export class GlPainter {
  constructor(canvas, gl, songs) {
    Object.assign(this, { canvas, gl, songs, kind: "webgl2" });
    this.set();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  }

  static on(canvas, songs) {
    const wanted = { antialias: false, alpha: false, depth: true, powerPreference: "high-performance" };
    const gl = canvas.getContext("webgl2", wanted);
    return gl ? new GlPainter(canvas, gl, songs) : null;
  }

  // Make everything on the card; done again when the card has forgotten it.
  set() {
    const { gl } = this;
    this.program = linked(gl);
    gl.useProgram(this.program);
    this.at = (name) => gl.getUniformLocation(this.program, name);
    this.places = { scale: this.at("u_scale"), shift: this.at("u_shift"), size: this.at("u_size") };
    Object.assign(this.places, { alpha: this.at("u_alpha"), page: this.at("u_page") });
    const { places } = this.songs;
    const [type, isShare] = places instanceof Float32Array ? [gl.FLOAT, false] : [gl.UNSIGNED_SHORT, true];
    this.feed("a_place", places, 2, type, isShare);
    gl.depthFunc(gl.LEQUAL);
    gl.enable(gl.BLEND);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE);
  }

  feed(name, values, size, type, isShare) {
    const { gl } = this;
    const at = gl.getAttribLocation(this.program, name);
    this[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, isShare, 0, 0);
  }

  // Take the colour (r, g, b, unused) and the mark (shape, emphasis, 0, 0) of every song.
  dress(colours, marks) {
    const { gl } = this;
    this.dressed = [colours, marks];
    this.feed("a_colour", colours, 4, gl.UNSIGNED_BYTE, true);
    this.feed("a_mark", marks, 4, gl.UNSIGNED_BYTE, false);
    // looking at depths takes time, so that is done only where something lies behind
    let hasDim = false;
    for (let i = 1; i < marks.length && !hasDim; i += 4) hasDim = marks[i] === DIM;
    if (hasDim) gl.enable(gl.DEPTH_TEST);
    else gl.disable(gl.DEPTH_TEST);
  }

  restore() {
    for (const name of ["a_place", "a_colour", "a_mark"]) this[name] = null;
    this.set();
    if (this.dressed) this.dress(...this.dressed);
  }

  resize(width, height) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.gl.viewport(0, 0, width, height);
  }

  // One call draws every song; nothing is allocated.
  draw(view, { size, alpha, page, ratio, n }) {
    const { gl, places } = this;
    gl.clearColor(page[0] / 255, page[1] / 255, page[2] / 255, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const sx = (2 * view.scale) / view.width;
    const sy = (2 * view.scale) / view.height;
    gl.uniform2f(places.scale, sx, sy);
    gl.uniform2f(places.shift, -view.x * sx, -view.y * sy);
    gl.uniform1f(places.size, size * ratio);
    gl.uniform1f(places.alpha, alpha);
    gl.uniform3f(places.page, page[0] / 255, page[1] / 255, page[2] / 255);
    gl.drawArrays(gl.POINTS, 0, n);
  }
}
