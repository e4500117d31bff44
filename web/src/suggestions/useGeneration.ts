import { useEffect, useState } from "react";

import { eventStream } from "../server/eventStream";
import { getJson, postJson, remove } from "../server/rest";
import { type Command, useCommand } from "../server/useCommand";
import { type Generation, isRunning, type Kind, type Target } from "./generations";

export interface RunningGeneration {
  ask: Command<[Kind, string, Target | null], void>;
  generation: Generation | undefined;
  stop: () => void;
}

/** One request to the AI and how it goes; its words themselves come to everybody through the suggestions. */
export function useGeneration(documentId: string): RunningGeneration {
  const [id, setId] = useState<string>();
  const [generation, setGeneration] = useState<Generation>();
  const ask = useCommand(async (kind: Kind, instruction: string, target: Target | null) => {
    setGeneration(undefined);
    const begun = await postJson<{ id: string }>("/api/v1/generations", {
      document_id: documentId,
      kind,
      instruction,
      target,
      mode: "suggest",
    });
    setGeneration(await getJson<Generation>(`/api/v1/generations/${begun.id}`));
    setId(begun.id);
  });
  useEffect(() => {
    if (id === undefined) return;
    const path = `/api/v1/generations/${id}`;
    const look = () => void getJson<Generation>(path).then(setGeneration, () => undefined);
    const close = eventStream(`${path}/stream`, {
      on: {
        state: look,
        done: () => {
          look();
          close();
        },
      },
      refused: look,
    });
    return close;
  }, [id]);
  const stop = () => {
    if (generation !== undefined && isRunning(generation.state)) void remove(`/api/v1/generations/${generation.id}`).catch(() => undefined);
  };
  return { ask, generation, stop };
}
