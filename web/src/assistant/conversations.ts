import type { Citation } from "../server/resources";

export interface ConversationSummary {
  id: string;
  assistant: string;
  title: string;
  updated_at?: string;
  created_at?: string;
}

export interface Message {
  id: string;
  role: "user" | "assistant";
  text: string;
  sources: Citation[];
  generation: { model: string | null; cost_micros: number | null } | null;
  at: string;
  undone: boolean;
}

export interface Conversation extends ConversationSummary {
  messages: Message[];
}

/** An answer while it is being written. */
export interface Draft {
  text: string;
  seq: number;
}

export const NO_DRAFT: Draft = { text: "", seq: -1 };

/** A piece that is told again after a reconnect is not written twice. */
export function withDelta(draft: Draft, delta: { seq: number; text: string }): Draft {
  return delta.seq <= draft.seq ? draft : { text: draft.text + delta.text, seq: delta.seq };
}

/** A message that came by the stream, in its place; the same one again replaces what is known of it. */
export function withMessage(messages: readonly Message[], message: Message): Message[] {
  const known = messages.findIndex(({ id }) => id === message.id);
  return known < 0 ? [...messages, message] : messages.with(known, message);
}

/** What is still part of the conversation. */
export function standing(messages: readonly Message[]): Message[] {
  return messages.filter(({ undone }) => !undone);
}
