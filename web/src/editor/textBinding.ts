/** One replacement: at `index`, `removed` characters go and `inserted` comes. */
export interface TextChange {
  index: number;
  removed: number;
  inserted: string;
}

/** What turned `before` into `after`; the caret tells which of several equal letters was typed. */
export function textChange(before: string, after: string, caret: number): TextChange | null {
  if (before === after) return null;
  const grown = after.length - before.length;
  const tailMax = Math.min(after.length - caret, before.length, after.length);
  let tail = 0;
  while (tail < tailMax && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const headMax = Math.min(before.length - tail, after.length - tail);
  let head = 0;
  while (head < headMax && before[head] === after[head]) head += 1;
  const removed = before.length - tail - head;
  return withoutHalfPairs(before, after, { index: head, removed, inserted: after.slice(head, head + removed + grown) });
}

/** Yjs would store half of a surrogate pair as a replacement character. */
function withoutHalfPairs(before: string, after: string, change: TextChange): TextChange {
  let { index, removed, inserted } = change;
  if (isHighSurrogate(after.charCodeAt(index - 1))) {
    index -= 1;
    removed += 1;
    inserted = after.charAt(index) + inserted;
  }
  if (isLowSurrogate(before.charCodeAt(index + removed))) {
    inserted += before.charAt(index + removed);
    removed += 1;
  }
  return { index, removed, inserted };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

type Delta = readonly { retain?: number | undefined; insert?: unknown; delete?: number | undefined }[];

/** Where a caret stands after somebody else's change. */
export function movedCaret(caret: number, delta: Delta): number {
  let at = 0;
  let moved = caret;
  for (const { retain, insert, delete: removed } of delta) {
    if (retain !== undefined) at += retain;
    if (typeof insert === "string") {
      if (at < moved) moved += insert.length;
      at += insert.length;
    }
    if (removed !== undefined && at < moved) moved -= Math.min(removed, moved - at);
  }
  return moved;
}
