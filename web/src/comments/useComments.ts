import { createContext, use, useCallback, useEffect, useMemo, useState } from "react";

import { eventStream } from "../server/eventStream";
import { type Problem, problemOf } from "../server/problem";
import type { Page } from "../server/resources";
import { getJson, postJson, putJson, removeJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import type { AnchorToSend } from "./places";
import { inOrder, NO_THREADS, type Thread, type Threads, withThread } from "./threads";

/** The text as it is shown, in whichever editor. */
export interface ShownText {
  /** An anchor for what is selected; null when no text is. */
  selected: () => AnchorToSend | null;
  /** Goes to the text of a thread. */
  show: (threadId: string) => void;
}

interface Answer {
  thread: Thread;
}

export interface DocumentComments {
  /** In the order of the text. */
  threads: Thread[];
  problem: Problem | undefined;
  mayComment: boolean;
  /** What is being said something about: null is the whole document, undefined nothing. */
  draft: AnchorToSend | null | undefined;
  begin: (draft: AnchorToSend | null | undefined) => void;
  /** Undefined while the text is not there. */
  text: ShownText | undefined;
  attach: (text: ShownText | undefined) => void;
  /** Shows the panel. */
  open: () => void;
  /** The thread that is looked at. */
  active: string | undefined;
  look: (threadId: string | undefined) => void;
  say: (body: string, anchor: AnchorToSend | null) => Promise<boolean>;
  reply: (thread: Thread, body: string) => Promise<boolean>;
  change: (commentId: string, body: string) => Promise<boolean>;
  takeBack: (commentId: string) => Promise<boolean>;
  settle: (thread: Thread, isSettled: boolean) => Promise<boolean>;
  /** Asks the server again where the texts are. */
  reload: () => void;
  isSending: boolean;
  /** Why the last change was refused. */
  refusal: Problem | undefined;
}

/** What is said about this document; the same for everybody in it, within moments. */
export function useComments(documentId: string, mayComment: boolean, open: () => void): DocumentComments {
  const [told, setTold] = useState<Threads>(NO_THREADS);
  const [problem, setProblem] = useState<Problem>();
  const [active, look] = useState<string>();
  const [text, attach] = useState<ShownText>();
  const [draft, begin] = useState<AnchorToSend | null>();
  const keep = useCallback((thread: Thread) => setTold((before) => withThread(before, thread)), []);
  const load = useCallback(
    (signal?: AbortSignal) =>
      allThreads(documentId, signal)
        .then((threads) => {
          setTold(threads.reduce(withThread, NO_THREADS));
          setProblem(undefined);
        })
        .catch((error: unknown) => signal?.aborted !== true && setProblem(problemOf(error))),
    [documentId],
  );

  useEffect(() => {
    const abort = new AbortController();
    const loadAll = () => void load(abort.signal);
    // Once by hand, for when streams are blocked; then at each new connection, in whose gap changes may have gone by.
    loadAll();
    const close = eventStream(`/api/v1/documents/${documentId}/comments/stream`, { on: { thread: keep }, opened: loadAll });
    return () => {
      abort.abort();
      close();
      setTold(NO_THREADS);
      look(undefined);
      begin(undefined);
    };
  }, [documentId, keep, load]);

  const sending = useCommand(async (send: () => Promise<Answer>) => {
    const { thread } = await send();
    keep(thread);
    return thread;
  });
  const run = async (send: () => Promise<Answer>) => (await sending.run(send)) !== undefined;
  const threads = useMemo(() => inOrder(told.values()), [told]);
  return {
    threads,
    problem,
    mayComment,
    draft,
    begin,
    text,
    attach,
    open,
    active,
    look,
    say: async (body, anchor) => {
      const begun = await sending.run(() => postJson<Answer>(`/api/v1/documents/${documentId}/comments`, { body, anchor }));
      if (begun !== undefined) {
        begin(undefined);
        look(begun.id);
      }
      return begun !== undefined;
    },
    reply: (thread, body) => run(() => postJson<Answer>(`/api/v1/comments/${thread.id}/replies`, { body })),
    change: (commentId, body) => run(() => putJson<Answer>(`/api/v1/comments/${commentId}`, { body })),
    takeBack: (commentId) => run(() => removeJson<Answer>(`/api/v1/comments/${commentId}`)),
    settle: (thread, isSettled) => {
      const path = `/api/v1/comments/${thread.id}/resolution`;
      return run(() => (isSettled ? postJson<Answer>(path, undefined) : removeJson<Answer>(path)));
    },
    reload: () => void load(),
    isSending: sending.isRunning,
    refusal: sending.problem,
  };
}

async function allThreads(documentId: string, signal: AbortSignal | undefined): Promise<Thread[]> {
  const threads: Thread[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Thread> = await getJson<Page<Thread>>(`/api/v1/documents/${documentId}/comments?limit=100${query}`, signal);
    threads.push(...page.items);
    cursor = page.next_cursor;
  }
  return threads;
}

export const CommentsContext = createContext<DocumentComments | null>(null);

export function useDocumentComments(): DocumentComments {
  const comments = use(CommentsContext);
  if (comments === null) throw new Error("useDocumentComments is for the page of a document");
  return comments;
}
