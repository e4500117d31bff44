import { createContext, use, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { eventStream } from "../server/eventStream";
import { type Problem, problemOf } from "../server/problem";
import type { Page } from "../server/resources";
import { getJson, post, postJson, remove } from "../server/rest";
import { Turns } from "../server/turns";
import { useCommand } from "../server/useCommand";
import type { Generation } from "./generations";
import {
  type Delta,
  NOTHING_TOLD,
  type PendingHunk,
  pendingHunks,
  type Suggestion,
  type Told,
  withDelta,
  withGeneration,
  withSuggestion,
} from "./suggestions";

const LOOK_AGAIN_MS = 1000;

export interface DocumentSuggestions {
  all: Suggestion[];
  pending: PendingHunk[];
  problem: Problem | undefined;
  mayDecide: boolean;
  decide: (hunk: PendingHunk, accept: boolean) => Promise<boolean>;
  withdraw: (suggestion: Suggestion) => void;
  stop: (generationId: string) => void;
  /** The keys of the hunks whose decision waits its turn or is under way. */
  deciding: ReadonlySet<string>;
  /** Why the last decision was refused. */
  refusal: Problem | undefined;
}

/** What is proposed for this document, and what is being written for it right now; the same for everybody in it. */
export function useSuggestions(documentId: string, mayDecide: boolean): DocumentSuggestions {
  const [told, setTold] = useState<Told>(NOTHING_TOLD);
  const [problem, setProblem] = useState<Problem>();

  useEffect(() => {
    const abort = new AbortController();
    const load = () => {
      allToShow(documentId, abort.signal)
        .then((found) => {
          setTold((before) => found.reduce(withSuggestion, before));
          setProblem(undefined);
        })
        .catch((error: unknown) => !abort.signal.aborted && setProblem(problemOf(error)));
    };
    // Once by hand, for when streams are blocked; then at each new connection, in whose gap changes may have gone by.
    load();
    const close = eventStream(`/api/v1/documents/${documentId}/suggestions/stream`, {
      on: {
        suggestion: (suggestion: Suggestion) => setTold((before) => withSuggestion(before, suggestion)),
        delta: (delta: Delta) => setTold((before) => withDelta(before, delta)),
      },
      opened: load,
    });
    return () => {
      abort.abort();
      close();
      setTold(NOTHING_TOLD);
    };
  }, [documentId]);

  useRunning(told, setTold);
  const keep = useCallback((suggestion: Suggestion) => setTold((before) => withSuggestion(before, suggestion)), []);
  const decision = useCommand(async (hunk: PendingHunk, accept: boolean) => {
    const answer = await postJson<{ suggestion: Suggestion }>(`/api/v1/suggestions/${hunk.suggestion.id}/decision`, {
      hunks: [{ index: hunk.index, accept }],
    });
    keep(answer.suggestion);
    return true;
  });
  const [turns] = useState(() => new Turns());
  const deciding = useSyncExternalStore(turns.subscribe, () => turns.keys);
  const withdrawal = useCommand(async (suggestion: Suggestion) => post(`/api/v1/suggestions/${suggestion.id}/withdrawal`));
  const stopping = useCommand(async (generationId: string) => remove(`/api/v1/generations/${generationId}`));

  const all = useMemo(
    () => [...told.suggestions.values()].sort((a, b) => b.created_at.localeCompare(a.created_at)),
    [told.suggestions],
  );
  const pending = useMemo(() => pendingHunks(told), [told]);
  return {
    all,
    pending,
    problem,
    mayDecide,
    decide: async (hunk, accept) => (await turns.take(hunk.key, () => decision.run(hunk, accept))) === true,
    withdraw: (suggestion) => void withdrawal.run(suggestion),
    stop: (generationId) => void stopping.run(generationId),
    deciding,
    refusal: decision.problem ?? withdrawal.problem ?? stopping.problem,
  };
}

/** All that wait for a decision, and the newest of the others. */
async function allToShow(documentId: string, signal: AbortSignal): Promise<Suggestion[]> {
  const path = `/api/v1/documents/${documentId}/suggestions`;
  const { items: found } = await getJson<Page<Suggestion>>(path, signal);
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Suggestion> = await getJson(`${path}?state=open&limit=100${after}`, signal);
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}

/** Where each text that is being written belongs, and whether it still is: a stream does not tell of a failure. */
function useRunning(told: Told, setTold: (change: (before: Told) => Told) => void): void {
  const running = [...told.written.keys()].join(" ");
  useEffect(() => {
    if (running === "") return;
    const look = () => {
      for (const id of running.split(" ")) {
        getJson<Generation>(`/api/v1/generations/${id}`)
          .then((generation) => setTold((before) => (before.written.has(id) ? withGeneration(before, generation) : before)))
          .catch(() => undefined);
      }
    };
    look();
    const timer = setInterval(look, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [running, setTold]);
}

export const SuggestionsContext = createContext<DocumentSuggestions | null>(null);

export function useDocumentSuggestions(): DocumentSuggestions {
  const suggestions = use(SuggestionsContext);
  if (suggestions === null) throw new Error("useDocumentSuggestions is for the page of a document");
  return suggestions;
}
