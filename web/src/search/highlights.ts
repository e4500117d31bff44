export interface Piece {
  text: string;
  isMarked: boolean;
}

/** `text` in pieces; the spans count code points, as the server does, and not JavaScript's units. */
export function pieces(text: string, spans: readonly [number, number][]): Piece[] {
  const points = Array.from(text);
  const found: Piece[] = [];
  let reached = 0;
  const take = (to: number, isMarked: boolean) => {
    if (to > reached) found.push({ text: points.slice(reached, to).join(""), isMarked });
    reached = Math.max(reached, to);
  };
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    take(Math.min(from, points.length), false);
    take(Math.min(to, points.length), true);
  }
  take(points.length, false);
  return found;
}
