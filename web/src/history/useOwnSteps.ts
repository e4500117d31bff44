import { useState } from "react";

import { postJson } from "../server/rest";
import { type Command, useCommand } from "../server/useCommand";

export type Step = "undo" | "redo";

export interface OwnSteps {
  take: Command<[Step], unknown>;
  /** What was done last. */
  told: string;
}

/** One's own last change, undone and redone by the server: also after a reload, also what another device sent. */
export function useOwnSteps(documentId: string): OwnSteps {
  const [told, setTold] = useState("");
  const take = useCommand(async (step: Step) => {
    setTold("");
    const answer = await postJson(`/api/v1/documents/${documentId}/${step}`, undefined);
    setTold(step === "undo" ? "Your last change was undone." : "It was redone.");
    return answer;
  });
  return { take, told };
}
