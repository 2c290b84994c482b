import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Problem } from "../../api";
import { Icon, IconButton } from "../../parts";
import { say } from "../../words";

/** Where a query is written; a wrong character of it is pointed at. */
export function Search({ query, error }: { query: Signal<string>; error: unknown }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => listenForSlash(field.current), []);
  const problem = error instanceof Problem ? error : null;
  return (
    <search class="search">
      <Icon name="search" size={18} />
      <input
        ref={field}
        type="text"
        class="input"
        value={query.value}
        spellcheck={false}
        autocomplete="off"
        maxLength={1000}
        placeholder={say("Words, or genre:jazz tempo:90..110 -mood:sad")}
        aria-label={say("Find tracks")}
        aria-keyshortcuts="/"
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? "query-problem" : undefined}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      {query.value && (
        <IconButton
          icon="close"
          size={16}
          label={say("Clear")}
          onClick={() => {
            query.value = "";
            field.current?.focus();
          }}
        />
      )}
      {problem && <Wrong problem={problem} />}
    </search>
  );
}

function Wrong({ problem }: { problem: Problem }) {
  const { query = "", position } = problem.told;
  return (
    <div class="search-problem" id="query-problem" role="alert">
      {position !== undefined && (
        <pre>
          {query.slice(0, position)}
          <mark>{query.slice(position, position + 1) || "␣"}</mark>
          {query.slice(position + 1)}
        </pre>
      )}
      <p>{problem.message}</p>
      {problem.hint && <p class="quiet">{problem.hint}</p>}
    </div>
  );
}

function listenForSlash(field: HTMLInputElement | null): () => void {
  const pressed = (event: KeyboardEvent) => {
    const typing = (event.target as Element).closest("input, textarea, select, dialog");
    if (event.key !== "/" || typing) return;
    event.preventDefault();
    field?.focus();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
