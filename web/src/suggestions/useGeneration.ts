import { useEffect, useState } from "react";

import { getJson, postJson, remove } from "../server/rest";
import { type Command, useCommand } from "../server/useCommand";
import { type Generation, isRunning, type Kind, type Target } from "./generations";

const LOOK_AGAIN_MS = 600;

export interface RunningGeneration {
  ask: Command<[Kind, string, Target | null], void>;
  generation: Generation | undefined;
  stop: () => void;
}

/** One request to the AI and how it goes; its words themselves come to everybody through the suggestions. */
export function useGeneration(documentId: string): RunningGeneration {
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
  });
  const running = generation !== undefined && isRunning(generation.state) ? generation.id : undefined;
  useEffect(() => {
    if (running === undefined) return;
    const look = () => void getJson<Generation>(`/api/v1/generations/${running}`).then(setGeneration, () => undefined);
    const timer = setInterval(look, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [running]);
  const stop = () => {
    if (generation !== undefined && isRunning(generation.state)) void remove(`/api/v1/generations/${generation.id}`).catch(() => undefined);
  };
  return { ask, generation, stop };
}
