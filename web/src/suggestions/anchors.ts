/** Top-level blocks, half-open; equal ends are a place between two blocks. */
export interface Anchor {
  from: number;
  to: number;
}

interface Anchored {
  block_from: number;
  block_to: number;
  quote: string;
}

/** Letters and digits only: how a list or a table is written out differs between here and the server. */
export function essence(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]+/gu, "").toLowerCase();
}

/** What of quoted Markdown is not its text: addresses, tags, and the marks of lists and fences. */
const NOT_TEXT = /(?<=\])\([^)]*\)|<[^>]+>|^\s*(?:[-*+] (?:\[[ xX]\] )?|\d+[.)] )|^\s*```.*$/gm;

/**
 * Where a proposed change belongs in the text as it is now: the blocks that hold its quote, the nearest to where it was.
 * Null when they are gone; the server decides again when somebody accepts.
 */
export function anchorOf(blocks: readonly string[], { block_from: from, block_to: to, quote }: Anchored): Anchor | null {
  const length = Math.max(0, to - from);
  const wanted = essence(quote.replaceAll(NOT_TEXT, ""));
  if (wanted === "") return within({ from, to: from + length }, blocks.length);
  // What is inserted quotes the block before it.
  const expected = length === 0 ? from - 1 : from;
  const size = Math.max(1, length);
  let best: number | null = null;
  for (let start = 0; start + size <= blocks.length; start += 1) {
    const held = blocks.slice(start, start + size).join("");
    if (held.includes(wanted) && (best === null || Math.abs(start - expected) < Math.abs(best - expected))) best = start;
  }
  if (best === null) return null;
  return length === 0 ? { from: best + 1, to: best + 1 } : { from: best, to: best + length };
}

function within({ from, to }: Anchor, count: number): Anchor {
  return { from: Math.min(from, count), to: Math.min(to, count) };
}
