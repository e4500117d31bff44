import type { Actor } from "../server/resources";

export interface Segment {
  op: "equal" | "insert" | "delete" | "format";
  text: string;
  by: number | null;
}

export interface BlockDifference {
  change: "inserted" | "deleted" | "changed";
  block_before: number | null;
  block_after: number | null;
  type_before: string | null;
  type_after: string | null;
  restructured: boolean;
  segments: Segment[];
  by?: number | null;
}

export interface Difference {
  position_from: number;
  position_to: number;
  blocks: BlockDifference[];
  authors: { origin: string; author: Actor; generation_id: string | null }[];
  truncated: boolean;
}

/** Which two positions to ask about: a difference runs forward in time. */
export function fromTo(one: number, other: number): { from: number; to: number } {
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

const OPS = { insert: "Inserted", delete: "Deleted", format: "Formatted" } as const;

/** What is said of words that changed, for whoever does not see the colours. */
export function segmentWords(op: Segment["op"], author: string | undefined): string | undefined {
  if (op === "equal") return undefined;
  return author === undefined ? OPS[op] : `${OPS[op]} by ${author}`;
}

/** Who changed a block, each once: of one that was only changed, those who changed its words. */
export function changedBy({ by, segments }: BlockDifference): number[] {
  const all = by === null || by === undefined ? segments.filter(({ op }) => op !== "equal").map((one) => one.by) : [by];
  return [...new Set(all.filter((one) => one !== null))];
}

/** What is said of a block as a whole. */
export function blockWords(block: BlockDifference): string {
  if (block.change === "inserted") return "New block";
  if (block.change === "deleted") return "Deleted block";
  const ops = new Set(block.segments.map(({ op }) => op));
  if (ops.has("format") && !ops.has("insert") && !ops.has("delete")) return "Formatted";
  return block.type_before === block.type_after && !block.restructured ? "Changed" : "Changed in form";
}
