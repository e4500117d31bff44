import type { Actor } from "../server/resources";
import type { Source } from "../search/sources";
import { codePoints, spliced } from "../server/streamedText";
import { type Generation, isRunning } from "./generations";


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
  provider?: string;
  model: string | null;
  template: string | null;
  template_version: number | null;
  cost_micros: number | null;
  currency?: string | null;
  sources: Source[];
  notice?: string | null;
}

export interface Suggestion {
  id: string;
  document_id: string;
  state: SuggestionState;
  author: Actor;
  origin: "ai" | "human" | "api_key" | "system" | "unknown";
  rationale: string | null;
  generation: GenerationLabel | null;
  hunks: Hunk[];
  created_at: string;
  decided_by: Actor | null;
  decided_at: string | null;
}

/** What is being written right now, and has come so far: by the generation that writes it. */
export interface Written {
  text: string;
  generation: Generation | undefined;
}

export interface Told {
  suggestions: ReadonlyMap<string, Suggestion>;
  written: ReadonlyMap<string, Written>;
}

export const NOTHING_TOLD: Told = { suggestions: new Map(), written: new Map() };

/** A piece of text; `seq` is how long the whole is with it. */
export interface Delta {
  generation_id: string;
  seq: number;
  text: string;
}

export function withSuggestion(told: Told, suggestion: Suggestion): Told {
  const suggestions = new Map(told.suggestions).set(suggestion.id, suggestion);
  return ended({ ...told, suggestions }, suggestion.generation?.id);
}

export function withDelta(told: Told, { generation_id: id, seq, text }: Delta): Told {
  const held = told.written.get(id);
  const isOver = [...told.suggestions.values()].some(({ generation }) => generation?.id === id);
  if (isOver) return told;
  const whole = spliced(held?.text ?? "", seq - codePoints(text), text);
  return { ...told, written: new Map(told.written).set(id, { text: whole, generation: held?.generation }) };
}

/** What is known of a generation; one that is over is no longer drawn as being written. */
export function withGeneration(told: Told, generation: Generation): Told {
  if (!isRunning(generation.state)) return ended(told, generation.id);
  const held = told.written.get(generation.id);
  return { ...told, written: new Map(told.written).set(generation.id, { text: held?.text ?? "", generation }) };
}

function ended(told: Told, generationId: string | undefined): Told {
  if (generationId === undefined || !told.written.has(generationId)) return told;
  const written = new Map(told.written);
  written.delete(generationId);
  return { ...told, written };
}

export function isPending({ hunks }: Suggestion): boolean {
  return hunks.some(({ state }) => state === "open");
}

/** What can still be decided, and what is being written. */
export interface PendingHunk extends Hunk {
  key: string;
  suggestion: Suggestion;
  isStreaming: boolean;
}

export function pendingHunks({ suggestions, written }: Told): PendingHunk[] {
  const open = [...suggestions.values()].filter(({ state }) => state !== "withdrawn").flatMap((suggestion) =>
    suggestion.hunks
      .filter(({ state }) => state === "open")
      .map((hunk) => ({ ...hunk, key: `${suggestion.id}:${hunk.index}`, suggestion, isStreaming: false })),
  );
  return [...open, ...[...written].map(([id, { text, generation }]) => beingWritten(id, text, generation))];
}

const END = Number.MAX_SAFE_INTEGER;

/** Drawn where it was asked for, like the suggestion that it will be. */
function beingWritten(id: string, text: string, generation: Generation | undefined): PendingHunk {
  const target = generation?.target ?? { block_from: END, block_to: END };
  const hunk: Hunk = {
    index: 0,
    kind: target.block_from === target.block_to ? "insert" : "replace",
    ...target,
    quote: "",
    deleted: "",
    inserted: text,
    state: "open",
  };
  const suggestion: Suggestion = {
    id,
    document_id: generation?.document_id ?? "",
    state: "streaming",
    author: { kind: "member", id: null, name: null },
    origin: "ai",
    rationale: null,
    generation: { id, kind: generation?.kind ?? "draft", model: null, template: null, template_version: null, cost_micros: null, sources: [] },
    hunks: [hunk],
    created_at: generation?.requested_at ?? "",
    decided_by: null,
    decided_at: null,
  };
  return { ...hunk, key: `${id}:0`, suggestion, isStreaming: true };
}

/** `local/extractive`, as settings and usage name it. */
export function modelName({ provider, model }: { provider?: string | null; model: string | null }): string {
  if (model === null) return "";
  return provider === undefined || provider === null || model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
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

/** A hunk in a line, for the list and for whoever hears it. */
export function hunkWords({ kind, inserted, deleted }: Hunk): string {
  if (kind === "delete") return `removes ${quoted(deleted, 90)}`;
  if (kind === "insert") return `adds ${quoted(inserted, 90)}`;
  return `replaces ${quoted(deleted, 45)} with ${quoted(inserted, 90)}`;
}

function quoted(text: string, charactersMax: number): string {
  const line = text.replaceAll(/^#+\s|[*`]/gm, "").replaceAll(/\s+/g, " ").trim();
  return `“${line.length > charactersMax ? `${line.slice(0, charactersMax - 1)}…` : line}”`;
}
