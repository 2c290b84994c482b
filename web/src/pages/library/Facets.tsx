import type { Signal } from "@preact/signals";
import { get } from "../../api";
import { useLoaded } from "../../loaded";
import { ErrorBox } from "../../parts";
import { named, number, say, word } from "../../words";

interface Count {
  value: string;
  n_tracks: number;
  term: string;
}

interface Counts {
  total: number;
  facets: Record<string, { n_values: number; counts: Count[] }>;
}

const TITLES: Record<string, string> = {
  genre: word("Genre"),
  mood: word("Mood"),
  decade: word("Decade"),
  tempo: word("Tempo"),
  key: word("Key"),
  artist: word("Artist"),
};
const MOST = 12;

interface FacetsProps {
  query: Signal<string>;
  asked: string;
}

/** How what is found is divided; a click finds only that, another takes it back. */
export function Facets({ query, asked }: FacetsProps) {
  const { data, error } = useLoaded<Counts>(
    (abort) => get("/facets", { query: asked, names: Object.keys(TITLES).join(","), most: MOST }, abort),
    [asked],
  );
  const counts = data.value;
  return (
    <aside class="facets" aria-label={say("Counts")}>
      {error.value !== undefined && !counts && <ErrorBox error={error.value} />}
      {counts &&
        Object.entries(TITLES).map(([name, title]) => {
          const facet = counts.facets[name];
          return facet?.counts.length ? (
            <Group
              key={name}
              title={say(title)}
              counts={facet.counts}
              left={facet.n_values - facet.counts.length}
              query={query}
            />
          ) : null;
        })}
    </aside>
  );
}

interface GroupProps {
  title: string;
  counts: Count[];
  left: number;
  query: Signal<string>;
}

function Group({ title, counts, left, query }: GroupProps) {
  const most = Math.max(...counts.map((count) => count.n_tracks));
  return (
    <section>
      <h2>{title}</h2>
      <ul>
        {counts.map((count) => (
          <li key={count.value}>
            <button
              type="button"
              class="facet"
              aria-pressed={has(query.value, count.term)}
              onClick={() => {
                query.value = toggled(query.value, count.term);
              }}
            >
              <span class="facet-bar" style={{ width: `${(100 * count.n_tracks) / most}%` }} />
              <span class="ellipsis">{named(count.value)}</span>
              <span class="tabular quiet">{number(count.n_tracks)}</span>
            </button>
          </li>
        ))}
      </ul>
      {left > 0 && <p class="quiet small">{say("and {n} more", { n: number(left) })}</p>}
    </section>
  );
}

function has(query: string, term: string): boolean {
  return ` ${query} `.includes(` ${term} `);
}

/** The query with a term added, or without it where it stands already. */
function toggled(query: string, term: string): string {
  const padded = ` ${query} `;
  return (has(query, term) ? padded.replace(` ${term} `, " ") : `${query} ${term}`).trim();
}
