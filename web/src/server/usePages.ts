import { useCallback, useEffect, useState } from "react";

import { type Problem, problemOf } from "./problem";
import type { Page } from "./resources";
import { getJson } from "./rest";

export interface Pages<T> {
  items: T[] | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
  more: (() => void) | undefined;
  reload: () => void;
}

/** A list that comes page by page; the former answer stays until the new one is here. */
export function usePages<T>(path: string | null): Pages<T> {
  const [held, setHeld] = useState<Page<T>>();
  const [problem, setProblem] = useState<Problem>();
  const [isLoading, setIsLoading] = useState(path !== null);
  const [round, setRound] = useState(0);

  const ask = useCallback(
    async (cursor: string | null, signal?: AbortSignal) => {
      if (path === null) return;
      setIsLoading(true);
      try {
        const page = await getJson<Page<T>>(cursor === null ? path : withCursor(path, cursor), signal);
        if (signal?.aborted) return;
        setHeld((before) =>
          cursor === null ? page : { items: [...(before?.items ?? []), ...page.items], next_cursor: page.next_cursor },
        );
        setProblem(undefined);
      } catch (error) {
        if (signal?.aborted) return;
        setProblem(problemOf(error));
      }
      setIsLoading(false);
    },
    [path],
  );

  useEffect(() => {
    const abort = new AbortController();
    void ask(null, abort.signal);
    return () => abort.abort();
  }, [ask, round]);

  const cursor = held?.next_cursor ?? null;
  const reload = useCallback(() => setRound((current) => current + 1), []);
  return { items: held?.items, problem, isLoading, more: cursor === null ? undefined : () => void ask(cursor), reload };
}

function withCursor(path: string, cursor: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
}
