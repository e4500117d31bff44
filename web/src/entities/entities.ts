import type { Citation } from "../server/resources";

export interface Named {
  id: string;
  name: string;
  kind: string;
}

export interface Entity extends Named {
  mentions: number;
}

export interface Relation {
  predicate: string;
  direction: "out" | "in";
  subject: Named;
  object: Named;
  confidence: number;
  evidence: Citation[];
}

export interface EntityDetails extends Named {
  aliases: string[];
  mentions: Citation[];
  relations: Relation[];
}

/** `works_for` and `related-to` as words. */
export function predicateWords(predicate: string): string {
  return predicate.replaceAll(/[_-]+/g, " ").toLowerCase();
}

export function kindWords(kind: string): string {
  const words = predicateWords(kind);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a relation says, read from the thing that was asked for. */
export function otherEnd(relation: Relation): Named {
  return relation.direction === "out" ? relation.object : relation.subject;
}
