import { useEffect, useState } from "react";

import { eventStream } from "../server/eventStream";
import { getJson, post, postJson } from "../server/rest";
import { type Command, useCommand } from "../server/useCommand";
import { type Resource, useResource } from "../server/useResource";
import { type Conversation, type Delta, type Draft, withDelta } from "./conversations";

export interface OpenConversation {
  conversation: Resource<Conversation>;
  /** The answer that is being written, or undefined when none is. */
  draft: Draft | undefined;
  say: Command<[string], void>;
  /** Ends the answer that is being written with what it has said so far. */
  stop: Command<[], void>;
  undo: Command<[], void>;
}

/** A conversation with its running answer, which goes on where it was after a reload or a broken line. */
export function useConversation(id: string): OpenConversation {
  const path = `/api/v1/conversations/${id}`;
  const conversation = useResource(id, (signal) => getJson<Conversation>(path, signal));
  const [held, setHeld] = useState<Draft>();
  const { reload } = conversation;

  useEffect(
    () =>
      eventStream(`${path}/stream`, {
        on: {
          delta: (delta: Delta) => setHeld((before) => withDelta(before, delta)),
          message: reload,
          done: reload,
          undone: reload,
        },
        opened: reload,
        refused: reload,
      }),
    [path, reload],
  );

  const say = useCommand(async (text: string) => {
    await postJson(`${path}/messages`, { text });
    reload();
  });
  const stop = useCommand(async () => {
    await post(`${path}/stop`);
  });
  const undo = useCommand(async () => {
    await post(`${path}/undo`);
    reload();
  });
  const running = conversation.data?.running ?? null;
  const draft = running === null ? undefined : held?.turn_id === running ? held : { turn_id: running, text: "" };
  return { conversation, draft, say, stop, undo };
}
