import { number } from "../../words";
import { Figure, useWidth } from "./Figure";
import { extent, linear, type Scale, tickText } from "./scale";

export interface Point {
  x: number;
  y: number | null;
  low?: number | null;
  high?: number | null;
  /** Weight of its dot, 0 to 1. */
  size?: number;
}

export interface Series {
  name: string;
  points: readonly Point[];
  dots?: boolean;
}

interface LinesProps {
  title: string;
  label: string;
  series: readonly Series[];
  x: string;
  y: string;
  xDomain?: [number, number];
  yDomain?: [number, number];
  /** Draws where both axes are equal. */
  diagonal?: boolean;
  height?: number;
  note?: string;
  digits?: number;
}

const LEFT = 52;
const BOTTOM = 40;
const TOP = 10;
const RIGHT = 14;

/** Lines over one axis, with intervals and dots where there are some. */
export function Lines(props: LinesProps) {
  const { box, width } = useWidth();
  const { series, height = 240, digits = 3 } = props;
  const points = series.flatMap((one) => one.points);
  const xs =
    props.xDomain ??
    extent(
      points.map((point) => point.x),
      0,
    );
  const ys = props.yDomain ?? extent(points.flatMap((p) => [p.y, p.low ?? null, p.high ?? null]));
  const x = linear(xs, [LEFT, width - RIGHT], Math.max(2, Math.floor(width / 110)));
  const y = linear(ys, [height - BOTTOM, TOP], 4);
  const rows = series.flatMap((one) =>
    one.points.map((point) => [one.name, point.x, point.y === null ? null : number(point.y, digits)]),
  );
  return (
    <Figure
      title={props.title}
      label={props.label}
      note={props.note}
      sheet={{ columns: ["", props.x, props.y], rows }}
    >
      {series.length > 1 && <Legend names={series.map((one) => one.name)} />}
      <div ref={box} class="lines">
        <svg width={width} height={height}>
          <title>{props.title}</title>
          <Axes x={x} y={y} width={width} height={height} names={[props.x, props.y]} />
          {props.diagonal && (
            <line class="diagonal" x1={x(xs[0])} y1={y(xs[0])} x2={x(xs[1])} y2={y(xs[1])} />
          )}
          {series.map((one, place) => (
            <Line key={one.name} one={one} place={place} x={x} y={y} />
          ))}
        </svg>
      </div>
    </Figure>
  );
}

export function Legend({ names }: { names: readonly string[] }) {
  return (
    <div class="legend">
      {names.map((name, place) => (
        <span key={name} class={`mark series-${place % 6}`}>
          {name}
        </span>
      ))}
    </div>
  );
}

interface AxesProps {
  x: Scale;
  y: Scale;
  width: number;
  height: number;
  names: [string, string];
}

function Axes({ x, y, width, height, names }: AxesProps) {
  return (
    <g class="axes">
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
          <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
            {tickText(tick)}
          </text>
        </g>
      ))}
      {x.ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={height - BOTTOM + 17} text-anchor="middle">
          {tickText(tick)}
        </text>
      ))}
      <text class="axis-name" x={(LEFT + width - RIGHT) / 2} y={height - 5} text-anchor="middle">
        {names[0]}
      </text>
      <text
        class="axis-name"
        transform={`translate(12 ${(height - BOTTOM + TOP) / 2}) rotate(-90)`}
        text-anchor="middle"
      >
        {names[1]}
      </text>
    </g>
  );
}

interface LineProps {
  one: Series;
  place: number;
  x: Scale;
  y: Scale;
}

function Line({ one, place, x, y }: LineProps) {
  const known = one.points.filter((point): point is Point & { y: number } => point.y !== null);
  const path = known.map((point, index) => `${index ? "L" : "M"}${x(point.x)} ${y(point.y)}`).join("");
  return (
    <g class={`line series-${place % 6}`}>
      {known.map((point) =>
        point.low != null && point.high != null ? (
          <line
            key={point.x}
            class="whisker"
            x1={x(point.x)}
            x2={x(point.x)}
            y1={y(point.low)}
            y2={y(point.high)}
          />
        ) : null,
      )}
      <path d={path} />
      {one.dots &&
        known.map((p) => <circle key={p.x} cx={x(p.x)} cy={y(p.y)} r={3 + 6 * Math.sqrt(p.size ?? 0.1)} />)}
    </g>
  );
}
