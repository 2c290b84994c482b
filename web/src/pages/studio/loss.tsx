/** The loss of a net while it is trained, as far as the progress tells it. */
import type { Job } from "../../api";
import { Lines } from "../../parts/charts/Lines";
import { say } from "../../words";

export type Curve = readonly { epoch: number; train: number; held: number | null }[];

const TOLD = /^loss ([\d.]+)(?:, held out ([\d.]+))?/;

/** The curve with what a job says now; it begins anew with every net. */
export function curveOf(curve: Curve, job: Job): Curve {
  const now = job.progress;
  const told = now?.what === "epochs" ? TOLD.exec(now.item) : null;
  if (!now || !told) return curve;
  const earlier = curve.filter((point) => point.epoch < now.done);
  return [...earlier, { epoch: now.done, train: Number(told[1]), held: told[2] ? Number(told[2]) : null }];
}

export function Loss({ curve }: { curve: Curve }) {
  const last = curve.at(-1);
  if (!last || curve.length < 2) return null;
  const held = curve.some((point) => point.held !== null);
  return (
    <Lines
      title={say("Loss")}
      label={say("Loss after {n} rounds: {loss}", { n: last.epoch, loss: last.train })}
      x={say("round")}
      y={say("loss")}
      height={200}
      series={[
        { name: say("rows it learns from"), points: curve.map((p) => ({ x: p.epoch, y: p.train })) },
        ...(held
          ? [{ name: say("rows held out"), points: curve.map((p) => ({ x: p.epoch, y: p.held })) }]
          : []),
      ]}
    />
  );
}
