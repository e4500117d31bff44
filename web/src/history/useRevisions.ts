import { useCallback, useEffect, useState } from "react";

import { type Problem, problemOf } from "../server/problem";
import type { Page, Revision } from "../server/resources";
import { getJson } from "../server/rest";

const PAGE_SIZE = 40;

export interface Revisions {
  revisions: Revision[] | undefined;
  problem: Problem | undefined;
  more: (() => void) | undefined;
  reload: () => void;
}

function ask(id: string, cursor: string | null, signal?: AbortSignal): Promise<Page<Revision>> {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(cursor === null ? {} : { cursor }) });
  return getJson(`/api/v1/documents/${id}/revisions?${query}`, signal);
}

/** The newest revisions, read again whenever `news` changes; older ones on request. */
export function useRevisions(id: string, news: number): Revisions {
  const [held, setHeld] = useState<Page<Revision>>();
  const [problem, setProblem] = useState<Problem>();
  const [round, setRound] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    ask(id, null, abort.signal)
      .then((page) => {
        setHeld(page);
        setProblem(undefined);
      })
      .catch((error: unknown) => !abort.signal.aborted && setProblem(problemOf(error)));
    return () => abort.abort();
  }, [id, news, round]);

  const more = async (cursor: string) => {
    try {
      const page = await ask(id, cursor);
      setHeld((before) => ({ items: [...(before?.items ?? []), ...page.items], next_cursor: page.next_cursor }));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const cursor = held?.next_cursor ?? null;
  const reload = useCallback(() => setRound((current) => current + 1), []);
  return { revisions: held?.items, problem, more: cursor === null ? undefined : () => void more(cursor), reload };
}
