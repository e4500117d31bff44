import type { Node } from "@tiptap/pm/model";

import { paragraphMarkdown } from "./paragraphMarkdown";

/** Markdown that is its text wherever it is written: nothing in it is ever escaped. */
const WRITTEN_AS_IT_IS = /^(?:#{1,6} )?\p{L}[\p{L}\p{N} ,;?!()"'%–—]*[\p{L}\p{N}.?!)"'%]$/u;

/** Where a block stands by now that looked so; null when it was changed or removed. Blocks that nobody edits stay the same objects. */
export function placeOfBlock(doc: Node, block: Node): number | null {
  const equal: number[] = [];
  for (let at = 0; at < doc.childCount; at += 1) {
    if (doc.child(at) === block) return at;
    if (doc.child(at).eq(block)) equal.push(at);
  }
  return equal.length === 1 ? (equal[0] ?? null) : null;
}

/** What the server should find there, when it is certain how it writes it. */
export function quoteOf(block: Node): string | undefined {
  const held = paragraphMarkdown(block);
  const isMarked = block.children.some((inline) => inline.marks.length > 0);
  return held !== null && !isMarked && WRITTEN_AS_IT_IS.test(held) ? held : undefined;
}
