import type { Actor, Citation } from "../server/resources";

export type SuggestionState =
  | "streaming"
  | "open"
  | "partly_accepted"
  | "accepted"
  | "rejected"
  | "outdated"
  | "withdrawn";

export interface Hunk {
  index: number;
  kind: "insert" | "replace" | "delete";
  block_from: number;
  block_to: number;
  quote: string;
  deleted: string;
  inserted: string;
  state: "open" | "accepted" | "rejected" | "outdated";
}

export interface GenerationLabel {
  id: string;
  kind: string;
  model: string | null;
  template: string | null;
  template_version: number | null;
  cost_micros: number | null;
  sources: Citation[];
}

export interface Suggestion {
  id: string;
  document_id: string;
  state: SuggestionState;
  author: Actor;
  origin: "ai" | "human";
  rationale: string | null;
  generation: GenerationLabel | null;
  hunks: Hunk[];
  created_at: string;
  decided_by: Actor | null;
  decided_at: string | null;
}

/** What has come of a suggestion that is still being written. */
export interface Streamed {
  text: string;
  seq: number;
}

export interface Told {
  suggestions: ReadonlyMap<string, Suggestion>;
  streamed: ReadonlyMap<string, Streamed>;
}

export const NOTHING_TOLD: Told = { suggestions: new Map(), streamed: new Map() };

export function withSuggestion(told: Told, suggestion: Suggestion): Told {
  const suggestions = new Map(told.suggestions).set(suggestion.id, suggestion);
  if (suggestion.state === "streaming") return { ...told, suggestions };
  const streamed = new Map(told.streamed);
  streamed.delete(suggestion.id);
  return { suggestions, streamed };
}

/** A piece that is told again after a reconnect is not written twice. */
export function withDelta(told: Told, { suggestion_id: id, seq, text }: { suggestion_id: string; seq: number; text: string }): Told {
  const held = told.streamed.get(id) ?? { text: "", seq: -1 };
  if (seq <= held.seq) return told;
  return { ...told, streamed: new Map(told.streamed).set(id, { text: held.text + text, seq }) };
}

export function isPending({ state }: Suggestion): boolean {
  return state === "streaming" || state === "open" || state === "partly_accepted";
}

/** What can still be decided, with the text that has come so far. */
export interface PendingHunk extends Hunk {
  key: string;
  suggestion: Suggestion;
  isStreaming: boolean;
}

export function pendingHunks({ suggestions, streamed }: Told): PendingHunk[] {
  return [...suggestions.values()].filter(isPending).flatMap((suggestion) => {
    const isStreaming = suggestion.state === "streaming";
    return suggestion.hunks
      .filter(({ state }) => state === "open")
      .map((hunk) => ({
        ...hunk,
        key: `${suggestion.id}:${hunk.index}`,
        suggestion,
        isStreaming,
        inserted: isStreaming ? longer(hunk.inserted, streamed.get(suggestion.id)?.text ?? "") : hunk.inserted,
      }));
  });
}

function longer(held: string, streamed: string): string {
  return streamed.length > held.length ? streamed : held;
}

const STATES: Record<SuggestionState, string> = {
  streaming: "Being written",
  open: "Open",
  partly_accepted: "Partly accepted",
  accepted: "Accepted",
  rejected: "Rejected",
  outdated: "Outdated",
  withdrawn: "Withdrawn",
};

export function stateWords(state: SuggestionState): string {
  return STATES[state];
}

const KINDS: Record<Hunk["kind"], string> = { insert: "adds", replace: "replaces", delete: "removes" };

/** A hunk in a line, for the list and for whoever hears it. */
export function hunkWords({ kind, inserted, deleted }: Hunk): string {
  const text = kind === "delete" ? deleted : inserted;
  const line = text.replaceAll(/\s+/g, " ").trim();
  return `${KINDS[kind]} “${line.length > 90 ? `${line.slice(0, 89)}…` : line}”`;
}
