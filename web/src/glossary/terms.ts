import type { Actor } from "../server/resources";

export interface Term {
  id: string;
  term: string;
  definition: string;
  aliases: string[];
  version: number;
  changed_at: string;
  changed_by: Actor;
}

/** "SLA, service level" as the names they are. */
export function aliasesOf(typed: string): string[] {
  return [...new Set(typed.split(",").map((alias) => alias.trim()).filter((alias) => alias !== ""))];
}
