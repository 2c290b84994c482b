import { useEffect, useRef } from "preact/hooks";
import { dark } from "../theme";

export type Draw = (pen: CanvasRenderingContext2D, width: number, height: number) => void;

interface CanvasProps {
  /** Draws on a canvas of so many CSS pixels, sharp on every screen. */
  draw: Draw;
  /** Draws anew whenever one of these, the size or the theme changes. */
  keys: readonly unknown[];
  class?: string;
}

/** A picture that fills its box; what it shows is said beside it, for it says nothing itself. */
export function Canvas({ draw, keys, class: look }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const again = () => paint(element, draw);
    const watch = new ResizeObserver(again);
    watch.observe(element);
    return () => watch.disconnect();
  }, [...keys, dark.value]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabIndex takes no focus
  return <canvas ref={canvas} class={look} aria-hidden="true" />;
}

const WIDEST = 16384; // wider ones are left blank by some browsers

function paint(canvas: HTMLCanvasElement, draw: Draw): void {
  const { clientWidth, clientHeight } = canvas;
  const pen = canvas.getContext("2d");
  if (!pen || !clientWidth || !clientHeight) return;
  const ratio = Math.min(window.devicePixelRatio || 1, WIDEST / clientWidth);
  canvas.width = Math.round(clientWidth * ratio);
  canvas.height = Math.round(clientHeight * ratio);
  pen.scale(ratio, ratio);
  pen.clearRect(0, 0, clientWidth, clientHeight);
  draw(pen, clientWidth, clientHeight);
}
