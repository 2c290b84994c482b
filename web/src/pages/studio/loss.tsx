/** The loss of a net while it is trained. */
import type { Job } from "../../api";
import { Lines } from "../../parts/charts/Lines";
import { number, say } from "../../words";

export function Loss({ job }: { job: Pick<Job, "progress"> }) {
  const curve = job.progress?.curve ?? [];
  const last = curve.at(-1);
  if (!last || curve.length < 2) return null;
  const held = curve.some(([, , loss]) => loss !== null);
  return (
    <Lines
      title={say("Loss")}
      label={say("Loss after {n} rounds: {loss}", { n: last[0], loss: number(last[1], 3) })}
      x={say("round")}
      y={say("loss")}
      height={200}
      series={[
        { name: say("rows it learns from"), points: curve.map(([x, y]) => ({ x, y })) },
        ...(held ? [{ name: say("rows held out"), points: curve.map(([x, , y]) => ({ x, y })) }] : []),
      ]}
    />
  );
}
