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

/**
 * Where a proposed change belongs in the text as it is now: the blocks that hold its quote, the nearest to where it was.
 * Null when they are gone; the server decides again when somebody accepts.
 */
export function anchorOf(blocks: readonly string[], { block_from: from, block_to: to, quote }: Anchored): Anchor | null {
  const length = Math.max(0, to - from);
  const wanted = essence(quote);
  if (wanted === "") return within({ from, to: from + length }, blocks.length);
  const size = Math.max(1, length);
  let best: number | null = null;
  for (let start = 0; start + size <= blocks.length; start += 1) {
    const held = blocks.slice(start, start + size).join("");
    if (held.includes(wanted) && (best === null || Math.abs(start - from) < Math.abs(best - from))) best = start;
  }
  if (best === null) return length === 0 ? within({ from, to: from }, blocks.length) : null;
  // What is inserted goes behind the block it quotes, unless it was before it.
  if (length === 0) return { from: best < from ? best + 1 : best, to: best < from ? best + 1 : best };
  return { from: best, to: best + length };
}

function within({ from, to }: Anchor, count: number): Anchor {
  return { from: Math.min(from, count), to: Math.min(to, count) };
}
