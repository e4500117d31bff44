import type { Source } from "../search/sources";
import { spliced } from "../server/streamedText";

export interface ConversationSummary {
  id: string;
  assistant: string;
  title: string;
}

export interface Message {
  id: string;
  role: "user" | "assistant";
  text: string;
  sources: Source[];
  generation: { model: string | null; cost_micros: number | null; currency?: string | null } | null;
  at: string;
  undone: boolean;
  notice: string;
  /** The code of the reason why there is no answer. */
  problem: string | null;
  /** It was ended there by whoever asked. */
  stopped: boolean;
  withheld: boolean;
}

export interface Conversation extends ConversationSummary {
  /** The turn that waits for its answer. */
  running: string | null;
  version: number;
  messages: Message[];
}

/** A piece of an answer that is being written; its text replaces what is held from `start` on. */
export interface Delta {
  turn_id: string;
  start: number;
  text: string;
}

export interface Draft {
  turn_id: string;
  text: string;
}

export function withDelta(draft: Draft | undefined, { turn_id, start, text }: Delta): Draft {
  return { turn_id, text: spliced(draft?.turn_id === turn_id ? draft.text : "", start, text) };
}

/** What is still part of the conversation. */
export function standing(messages: readonly Message[]): Message[] {
  return messages.filter(({ undone }) => !undone);
}

const PROBLEMS: Record<string, string> = {
  "ai.switched_off": "AI was switched off before this could be answered.",
  "ai.budget_exceeded": "The budget was used up before this could be answered.",
  "ai.rate_limited": "There were too many calls at once. Ask again in a moment.",
  "ai.providers_unavailable": "No model could be reached. Nothing was charged; ask again in a minute.",
  "ai.prompt_refused": "A rule does not let this question through.",
};

export function problemWords(code: string): string {
  return PROBLEMS[code] ?? `This was not answered (${code}). Ask again.`;
}
