import { useCallback, useEffect, useRef, useState } from "react";

import { type Problem, problemOf } from "./problem";

export interface Resource<T> {
  data: T | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
  reload: () => void;
}

interface Held<T> {
  key: string;
  data?: T;
  problem?: Problem;
}

/** Loads what `key` names and keeps the last answer on screen while it loads again. */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [held, setHeld] = useState<Held<T>>();
  const [isLoading, setIsLoading] = useState(true);
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;

  useEffect(() => {
    const abort = new AbortController();
    setIsLoading(true);
    loader
      .current(abort.signal)
      .then((data) => !abort.signal.aborted && setHeld({ key, data }))
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        const problem = problemOf(error);
        // A failed second look takes nothing away: what is on screen may hold work.
        setHeld((before) => (before?.key === key ? { ...before, problem } : { key, problem }));
      })
      .finally(() => !abort.signal.aborted && setIsLoading(false));
    return () => abort.abort();
  }, [key, round]);

  const reload = useCallback(() => setRound((current) => current + 1), []);
  const isCurrent = held?.key === key;
  return {
    data: isCurrent ? held.data : undefined,
    problem: isCurrent ? held.problem : undefined,
    isLoading,
    reload,
  };
}
