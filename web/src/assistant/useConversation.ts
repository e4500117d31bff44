import { useCallback, useEffect, useRef, useState } from "react";

import { eventStream } from "../server/eventStream";
import type { Problem } from "../server/problem";
import { getJson, post, postJson } from "../server/rest";
import { type Command, useCommand } from "../server/useCommand";
import { type Resource, useResource } from "../server/useResource";
import { type Conversation, type Draft, NO_DRAFT, withDelta } from "./conversations";

export interface OpenConversation {
  conversation: Resource<Conversation>;
  /** The answer that is being written, or undefined when none is. */
  draft: Draft | undefined;
  failure: Problem | undefined;
  say: Command<[string], void>;
  undo: Command<[], void>;
  stop: () => void;
}

interface StreamError {
  error?: { code?: string; message?: string } | null;
  state?: string;
}

/** A conversation with its running answer, which goes on where it was after a reload or a broken line. */
export function useConversation(id: string): OpenConversation {
  const path = `/api/v1/conversations/${id}`;
  const conversation = useResource(id, (signal) => getJson<Conversation>(path, signal));
  const [draft, setDraft] = useState<Draft>();
  const [failure, setFailure] = useState<Problem>();
  const closed = useRef<() => void>(undefined);
  const { reload } = conversation;

  const listen = useCallback(() => {
    closed.current?.();
    const finish = (data: StreamError) => {
      const error = data?.error ?? undefined;
      if (error !== undefined) {
        setFailure({ title: "The answer was not finished", status: 0, detail: error.message ?? error.code ?? "", code: error.code ?? "ai.failed" });
      }
      setDraft(undefined);
      closed.current?.();
      closed.current = undefined;
      reload();
    };
    closed.current = eventStream(`${path}/stream`, {
      on: {
        delta: (delta: { seq: number; text: string }) => setDraft((held) => withDelta(held ?? NO_DRAFT, delta)),
        message: () => reload(),
        done: finish,
      },
      refused: () => {
        setDraft(undefined);
        reload();
      },
    });
  }, [path, reload]);

  useEffect(() => {
    listen();
    return () => closed.current?.();
  }, [listen]);

  const say = useCommand(async (text: string) => {
    setFailure(undefined);
    await postJson(`${path}/messages`, { text });
    setDraft(NO_DRAFT);
    reload();
    listen();
  });
  const undo = useCommand(async () => {
    await post(`${path}/undo`);
    setFailure(undefined);
    reload();
  });
  const stop = () => void post(`${path}/stop`).catch(() => undefined);
  return { conversation, draft, failure, say, undo, stop };
}
