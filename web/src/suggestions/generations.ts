import type { Editor } from "@tiptap/core";

import type { Problem } from "../server/problem";
import type { Source } from "../search/sources";

export type Kind = "draft" | "rewrite" | "summarise" | "translate";
export type GenerationState = "queued" | "streaming" | "succeeded" | "failed" | "cancelled" | "blocked";

export interface Generation {
  id: string;
  document_id: string;
  kind: string;
  state: GenerationState;
  requested_at: string;
  target?: Target | null;
  instruction: string;
  provider?: string | null;
  model: string | null;
  route_reason: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_micros: number | null;
  currency?: string | null;
  finish_reason: string | null;
  notice?: string | null;
  sources: Source[];
  suggestion_id: string | null;
  error?: { code: string; message?: string } | null;
}

/** Top-level blocks, half-open; equal ends are the place before that block. */
export interface Target {
  block_from: number;
  block_to: number;
}

export const KINDS: { value: Kind; label: string; needs: string }[] = [
  { value: "draft", label: "Draft", needs: "What should be written?" },
  { value: "rewrite", label: "Rewrite", needs: "How should it change?" },
  { value: "summarise", label: "Summarise", needs: "What matters to you? (may stay empty)" },
  { value: "translate", label: "Translate", needs: "Into which language?" },
];

/** The blocks that the selection touches, and how many there are. */
export function selectedBlocks({ state }: Editor): Target & { count: number } {
  const { $from, $to } = state.selection;
  const from = $from.index(0);
  return { block_from: from, block_to: Math.max(from + 1, $to.index(0) + 1), count: state.doc.childCount };
}

/** What is asked about: a draft goes behind the caret, a summary is of everything unless something is selected. */
export function targetOf(kind: Kind, blocks: (Target & { count: number }) | undefined, isEmpty: boolean): Target | null {
  if (blocks === undefined) return null;
  const { block_from, block_to, count } = blocks;
  if (kind === "draft") {
    const place = Math.min(block_to, count);
    return { block_from: place, block_to: place };
  }
  if (kind === "summarise" && isEmpty) return null;
  return { block_from, block_to: Math.min(block_to, count) };
}

export function targetWords(kind: Kind, target: Target | null): string {
  if (target === null) return kind === "summarise" ? "The whole document" : "The end of the document";
  if (kind === "draft") return target.block_from === 0 ? "Before the first paragraph" : `After paragraph ${target.block_from}`;
  const count = target.block_to - target.block_from;
  return count === 1 ? `Paragraph ${target.block_from + 1}` : `Paragraphs ${target.block_from + 1} to ${target.block_to}`;
}

export function isRunning(state: GenerationState): boolean {
  return state === "queued" || state === "streaming";
}

const REFUSALS: Record<string, [title: string, detail: string]> = {
  "ai.switched_off": ["AI is switched off", "An administrator has switched it off. What is written stays; you can go on writing."],
  "ai.budget_exceeded": ["The budget is used up", "This call could cost more than is left. An administrator can raise the limit, or it begins anew by itself."],
  "ai.rate_limited": ["Too many calls at once", "Wait a moment and ask again."],
  "ai.providers_unavailable": ["No model can be reached", "Every model of the route failed or rests. Nothing was charged. Try again in a minute."],
  "ai.prompt_refused": ["The request was refused", "A rule does not let this prompt through."],
};

/** A refusal of the AI's door in the reader's words; the server's own sentence where it says more. */
export function refusalWords(problem: Problem): Problem {
  const words = REFUSALS[problem.code];
  if (words === undefined) return problem;
  return { ...problem, title: words[0], detail: problem.detail === undefined || problem.detail === "" ? words[1] : `${problem.detail} ${words[1]}` };
}

/** How it ended, when it did not end well; undefined while it runs and when all went well. */
export function failureOf({ state, error }: Generation): Problem | undefined {
  if (state !== "failed" && state !== "blocked") return undefined;
  const code = error?.code ?? "ai.failed";
  return refusalWords({ title: "It could not be finished", status: 0, code, ...(error?.message === undefined ? {} : { detail: error.message }) });
}
