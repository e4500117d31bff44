import type { Actor } from "../server/resources";

export type FindingState = "open" | "noted" | "decided";
export type Decision = "allow" | "confirm" | "false_alarm";

export interface Finding {
  id: string;
  kind: "injection.prompt" | "injection.sources" | "moderation.prompt" | "moderation.answer";
  rules: string[];
  found_by: string;
  state: FindingState;
  withheld: boolean;
  what_happened: string;
  member: Actor | null;
  document_id: string | null;
  source_documents: string[];
  opened_at: string;
  decision: Decision | null;
  decided_at: string | null;
  decided_by: Actor | null;
}

export interface FindingDetail extends Finding {
  excerpt: string;
  reason: string;
}

export interface RuleException {
  id: string;
  rule: string;
  review_id: string;
  member: Actor | null;
  added_at: string;
  added_by: Actor;
}

const KINDS: Record<Finding["kind"], string> = {
  "injection.prompt": "An order to the model, in a prompt",
  "injection.sources": "An order to the model, in a document",
  "moderation.prompt": "Unwanted words in a prompt",
  "moderation.answer": "Unwanted words in an answer",
};

const DECISIONS: Record<Decision, string> = {
  allow: "Allowed to who asked",
  confirm: "The rule was right",
  false_alarm: "False alarm",
};

export function kindWords(kind: Finding["kind"]): string {
  return KINDS[kind];
}

export function stateWords({ state, decision, withheld }: Pick<Finding, "state" | "decision" | "withheld">): string {
  if (state === "decided" && decision !== null) return DECISIONS[decision];
  if (state === "noted") return "Made room for newer ones";
  return withheld ? "Held back" : "Went on";
}

/** Rules have names such as prompt_disclosure; people read words. */
export function ruleWords(rule: string): string {
  return rule.replaceAll("_", " ");
}

export function listAddress(states: readonly FindingState[]): string {
  const query = new URLSearchParams(states.map((state) => ["state", state]));
  return `/api/v1/moderation/reviews?${query.toString()}`;
}
