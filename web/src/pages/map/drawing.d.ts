/** What the page takes from the map of one file: `src/tunelens/services/templates/map/*.js`. */

interface Songs {
  n: number;
  places: Float32Array | Uint16Array;
  titles: string[];
  artists: string[];
  near: null;
  k: number;
  x(i: number): number;
  y(i: number): number;
  name(i: number): string;
}

interface Look {
  colour: number[];
  shape: number;
}

declare module "@map/palette.js" {
  interface Theme {
    colours: string[];
    ramp: string[];
    grey: string;
    page: string;
    ink: string;
    accent: string;
  }
  export interface Palette {
    colours: number[][];
    ramp: number[][];
    grey: number[];
    page: number[];
    ink: string;
    accent: string;
  }
  export function paletteOf(about: { palette: Record<"light" | "dark", Theme> }, isDark: boolean): Palette;
  export function css(colour: number[]): string;
  export const OUTLINES: readonly string[];
}

declare module "@map/columns.js" {
  import type { Palette } from "@map/palette.js";

  interface Sections {
    n: number;
    column(name: string): unknown;
  }
  abstract class Column {
    name: string;
    label: string;
    counts: Uint32Array;
    classes: Uint8Array;
    text(i: number): string;
    entry(at: number): string;
    look(at: number, palette: Palette): Look;
  }
  export class Category extends Column {
    isAmount: false;
    shown: number;
    constructor(about: object, songs: Sections);
  }
  export class Amount extends Column {
    isAmount: true;
    low: number;
    high: number;
    floor: number;
    ceiling: number;
    digits: number;
    constructor(about: object, songs: Sections);
  }
}

declare module "@map/words.js" {
  export function speak(words: Record<string, string>, language: string): void;
  export function amount(value: number, digits: number): string;
}

declare module "@map/map.js" {
  import type { Amount, Category } from "@map/columns.js";
  import type { Palette } from "@map/palette.js";

  interface Surface {
    box: HTMLElement;
    points: HTMLCanvasElement;
    over: HTMLCanvasElement;
  }
  export class SongMap {
    constructor(surface: Surface, songs: Songs, look: { frame: number[]; palette: Palette });
    box: HTMLElement;
    songs: Songs;
    palette: Palette;
    column: Category | Amount;
    hidden: Set<number>;
    chosen: number;
    hovered: number;
    kin: number[];
    rope: [number, number][];
    isLassoing: boolean;
    view: {
      x: number;
      y: number;
      zoom: number;
      isFitted: boolean;
      go(x: number, y: number, zoom: number): void;
    };
    painter: { kind: string };
    on(name: "chosen", act: (i: number, play: boolean) => void): void;
    on(name: "hovered", act: (i: number) => void): void;
    on(name: "roped", act: (rows: number[]) => void): void;
    on(name: "lassoing", act: (isOn: boolean) => void): void;
    on(name: "coloured" | "toggled" | "theme" | "moved" | "drawn", act: () => void): void;
    colourBy(column: Category | Amount): void;
    paletteIs(palette: Palette): void;
    stress(mask: Uint8Array | null): void;
    toggle(at: number, only?: boolean): void;
    showAll(): void;
    choose(i: number, how?: { play?: boolean; go?: boolean }): void;
    at(i: number): [number, number];
    isShown(i: number): boolean;
    pan(dx: number, dy: number): void;
    zoom(factor: number): void;
    fit(): void;
    lassoMode(isOn: boolean): void;
    redraw(): void;
    draw(): void;
    leave(): void;
  }
}

declare module "@map/keys.js" {
  import type { SongMap } from "@map/map.js";

  interface Tools {
    search: { field: { focus(): void }; clear(): void };
    player: { toggle(): void };
    selection: { rows: readonly number[]; clear(): void };
  }
  export function pressed(map: SongMap, tools: Tools, event: KeyboardEvent): boolean;
}
