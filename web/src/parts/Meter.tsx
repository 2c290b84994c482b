import { percent } from "../words";

interface MeterProps {
  /** 0 to 1. */
  share: number;
  label: string;
  /** Written at its right instead of the percent. */
  text?: string;
  quiet?: boolean;
}

/** A share of one as a bar with its name and number. */
export function Meter({ share, label, text, quiet }: MeterProps) {
  const told = text ?? percent(share);
  return (
    <div class={quiet ? "meter faint" : "meter"}>
      <span class="ellipsis" title={label}>
        {label}
      </span>
      <span class="meter-bar" aria-hidden="true">
        <span style={{ width: `${100 * Math.min(1, Math.max(0, share))}%` }} />
      </span>
      <span class="tabular quiet">{told}</span>
    </div>
  );
}
