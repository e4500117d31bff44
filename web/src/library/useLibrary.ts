import { useCallback, useEffect, useState } from "react";

import { type Problem, problemOf } from "../server/problem";
import type { DocumentSummary, Page } from "../server/resources";
import { getJson } from "../server/rest";

const PAGE_SIZE = 30;

export interface LibraryQuestion {
  text: string;
  isArchived: boolean;
}

interface Shelf {
  documents: DocumentSummary[];
  nextCursor: string | null;
}

export interface Library {
  shelf: Shelf | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
  more: () => void;
  reload: () => void;
}

function askLibrary(question: LibraryQuestion, cursor: string | null, signal: AbortSignal): Promise<Page<DocumentSummary>> {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), archived: String(question.isArchived) });
  if (question.text !== "") query.set("text", question.text);
  if (cursor !== null) query.set("cursor", cursor);
  return getJson(`/api/v1/documents?${query}`, signal);
}

/** The documents that answer the question, page after page; the old answer stays until the new one is here. */
export function useLibrary({ text, isArchived }: LibraryQuestion): Library {
  const [shelf, setShelf] = useState<Shelf>();
  const [problem, setProblem] = useState<Problem>();
  const [isLoading, setIsLoading] = useState(true);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    setIsLoading(true);
    askLibrary({ text, isArchived }, null, abort.signal)
      .then((page) => {
        setShelf({ documents: page.items, nextCursor: page.next_cursor });
        setProblem(undefined);
        setIsLoading(false);
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        setProblem(problemOf(error));
        setIsLoading(false);
      });
    return () => abort.abort();
  }, [text, isArchived, round]);

  const more = async (): Promise<void> => {
    if (shelf === undefined || shelf.nextCursor === null) return;
    setIsLoading(true);
    try {
      const page = await askLibrary({ text, isArchived }, shelf.nextCursor, new AbortController().signal);
      setShelf({ documents: [...shelf.documents, ...page.items], nextCursor: page.next_cursor });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setIsLoading(false);
    }
  };

  const reload = useCallback(() => setRound((current) => current + 1), []);
  return { shelf, problem, isLoading, more: () => void more(), reload };
}
