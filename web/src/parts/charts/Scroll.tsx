import type { ComponentChildren } from "preact";
import "./charts.css";

/** A wide or long thing that scrolls by itself; it is reached by Tab, so that it scrolls by keyboard too. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll-x" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
