import type { Actor } from "../server/resources";

export type VersionState = "built_in" | "draft" | "approved" | "live" | "retired";

export interface Variable {
  name: string;
  type: "text" | "number" | "flag" | "list";
  required: boolean;
  characters_max: number;
  description: string;
}

export interface Example {
  asked: string;
  answered: string;
}

export interface Content {
  purpose: string;
  description: string;
  system: string;
  user: string;
  variables: Variable[];
  examples: Example[];
  preset: "factual" | "balanced" | "creative" | null;
  model: string;
  output_tokens_max: number | null;
  gives_way: string[];
}

export interface Arm {
  version: number;
  weight: number;
}

export interface Version {
  version: number;
  state: VersionState;
  weight: number;
  content: Content;
  drafted_at: string | null;
  drafted_by: Actor | null;
  approved_at: string | null;
  approved_by: Actor | null;
}

export interface Template {
  name: string;
  purpose: string;
  description: string;
  built_in: boolean;
  /** Version 0 is the operator's, for all tenants. */
  by_operator: boolean;
  live: Arm[];
  newest: number;
  version: number;
}

export interface TemplateDetail extends Template {
  versions: Version[];
}

export interface Preview {
  turns: { speaker: string; text: string }[];
  tokens_about: number;
  model: string;
  cost_micros_max: number;
  currency: string;
  cut: string;
}

export const SECTIONS = ["examples", "history", "passages", "context", "terms", "selection"];
export const EXAMPLES_MAX = 20;
export const PURPOSES = ["draft", "rewrite", "summarise", "translate", "extract", "chat", "completion"];

const STATES: Record<VersionState, string> = {
  built_in: "Comes with Colophon",
  draft: "Draft",
  approved: "Approved",
  live: "Live",
  retired: "Retired",
};

/** How a version stands; one that shares the calls says how many of a hundred it gets. */
export function versionWords({ state, weight }: Pick<Version, "state" | "weight">, live: readonly Arm[]): string {
  if (weight === 0 || live.length < 2) return STATES[state];
  const all = live.reduce((sum, arm) => sum + arm.weight, 0);
  return `${STATES[state]}, ${Math.round((100 * weight) / all)} of 100 calls`;
}

/** What models are told under this name. */
export function liveWords({ live, newest, by_operator }: Pick<Template, "live" | "newest" | "by_operator">): string {
  const [first, second] = live;
  if (first === undefined) return newest === 0 ? "Nothing live" : `Nothing live, version ${newest} is the newest`;
  if (second !== undefined) return `Versions ${first.version} and ${second.version} share the calls`;
  if (first.version === 0) return by_operator ? "As the operator wrote it" : "As it comes with Colophon";
  return `Version ${first.version} is live`;
}

/** A line for each variable: `audience text required 200 For whom.` */
export function variableLines(variables: readonly Variable[]): string {
  return variables
    .map((one) => `${one.name} ${one.type} ${one.required ? "required" : "optional"} ${one.characters_max} ${one.description}`.trim())
    .join("\n");
}

/** The variables of such lines, or the first line that is none. */
export function variablesOf(lines: string): Variable[] | string {
  const variables: Variable[] = [];
  for (const line of lines.split("\n").map((one) => one.trim())) {
    if (line === "") continue;
    const found = /^(\w+)\s+(text|number|flag|list)\s+(required|optional)\s+(\d+)(?:\s+(.*))?$/.exec(line) ?? [];
    const [, name, type, needed, most, description = ""] = found;
    if (name === undefined) return line;
    variables.push({ name, type: type as Variable["type"], required: needed === "required", characters_max: Number(most), description });
  }
  return variables;
}

/** The parts of a prompt that give way, in order, or the first name that is none. */
export function sectionsOf(typed: string): string[] | { unknown: string } {
  const names = typed.split(/[\s,]+/).filter((name) => name !== "");
  const unknown = names.find((name) => !SECTIONS.includes(name));
  return unknown === undefined ? [...new Set(names)] : { unknown };
}

/** A version without what was begun and left empty. */
export function withoutEmptyExamples(content: Content): Content {
  return { ...content, examples: content.examples.filter(({ asked, answered }) => asked.trim() !== "" || answered.trim() !== "") };
}

/** What is given to the variables in a trial: `audience = everybody`, of a list with commas between. */
export function valuesOf(lines: string, variables: readonly Variable[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const line of lines.split("\n")) {
    const at = line.indexOf("=");
    if (at < 0) continue;
    const [name, text] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    const type = variables.find((one) => one.name === name)?.type;
    if (type === "number") values[name] = Number(text);
    else if (type === "flag") values[name] = text === "true" || text === "yes";
    else if (type === "list") values[name] = text.split(",").map((one) => one.trim());
    else values[name] = text;
  }
  return values;
}
