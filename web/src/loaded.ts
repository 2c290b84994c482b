/** What a page asks the server for while it is shown. */
import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";

export interface Loaded<T> {
  data: Signal<T | undefined>;
  error: Signal<unknown>;
  loading: Signal<boolean>;
  again: () => void;
}

/** Asks whenever one of `keys` changes, and forgets answers that come too late. */
export function useLoaded<T>(ask: (abort: AbortSignal) => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const data = useSignal<T | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const loading = useSignal(true);
  const turn = useSignal(0);
  useEffect(() => {
    const leaving = new AbortController();
    loading.value = true;
    ask(leaving.signal)
      .then((answer) => {
        if (leaving.signal.aborted) return;
        data.value = answer;
        error.value = undefined;
        loading.value = false;
      })
      .catch((problem: unknown) => {
        if (leaving.signal.aborted) return;
        error.value = problem;
        loading.value = false;
      });
    return () => leaving.abort();
  }, [...keys, turn.value]);
  const again = useCallback(() => {
    turn.value += 1;
  }, [turn]);
  return { data, error, loading, again };
}
