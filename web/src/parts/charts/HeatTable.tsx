import { number, percent, say } from "../../words";
import "./charts.css";
import { Scroll } from "./Scroll";

interface HeatTableProps {
  title: string;
  /** What the rows and the columns are. */
  names: [string, string];
  labels: readonly string[];
  /** Counts, row by row. */
  counts: readonly (readonly number[])[];
}

/** Which class was called which: a table whose cells are as dark as their share of the row. */
export function HeatTable({ title, names, labels, counts }: HeatTableProps) {
  return (
    <figure class="figure">
      <figcaption>{title}</figcaption>
      <Scroll label={title}>
        <table class="heat">
          <caption class="unseen">
            {say("Rows: {rows}; columns: {columns}", { rows: names[0], columns: names[1] })}
          </caption>
          <thead>
            <tr>
              <td class="heat-corner">
                <span>{names[0]} ↓</span>
                <span>{names[1]} →</span>
              </td>
              {labels.map((label) => (
                <th key={label} scope="col" title={label}>
                  <span>{label}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row, place) => (
              <HeatRow key={labels[place]} row={row} place={place} labels={labels} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </figure>
  );
}

function HeatRow({
  row,
  place,
  labels,
}: {
  row: readonly number[];
  place: number;
  labels: readonly string[];
}) {
  const total = row.reduce((sum, count) => sum + count, 0) || 1;
  return (
    <tr>
      <th scope="row" title={labels[place]}>
        {labels[place]}
      </th>
      {row.map((count, column) => (
        <td
          key={labels[column]}
          class={column === place ? "tabular right" : "tabular wrong"}
          style={{ "--share": count / total }}
          title={say("{count} of {true} were called {said} ({share})", {
            count: number(count),
            true: labels[place] ?? "",
            said: labels[column] ?? "",
            share: percent(count / total),
          })}
        >
          {count || "·"}
        </td>
      ))}
    </tr>
  );
}
