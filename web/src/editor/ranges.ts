/** Half-open clock ranges, by the client that owns the clock. */
export interface ClockRange {
  from: number;
  to: number;
}

export type RangesByClient = Map<number, ClockRange[]>;

export function addRange(ranges: RangesByClient, client: number, range: ClockRange): void {
  const known = ranges.get(client);
  if (known === undefined) ranges.set(client, [range]);
  else known.push(range);
}

/** What of `ranges` lies outside `taken`. */
export function without(ranges: readonly ClockRange[], taken: readonly ClockRange[]): ClockRange[] {
  return taken.reduce<ClockRange[]>((left, cut) => left.flatMap((range) => minus(range, cut)), [...ranges]);
}

function minus(range: ClockRange, cut: ClockRange): ClockRange[] {
  if (cut.to <= range.from || cut.from >= range.to) return [range];
  const before = { from: range.from, to: cut.from };
  const after = { from: cut.to, to: range.to };
  return [before, after].filter(({ from, to }) => from < to);
}

/** Takes `taken` out of `ranges` in place; a client with nothing left disappears. */
export function subtract(ranges: RangesByClient, taken: RangesByClient): void {
  for (const [client, held] of ranges) {
    const cuts = taken.get(client);
    if (cuts === undefined) continue;
    const left = without(held, cuts);
    if (left.length === 0) ranges.delete(client);
    else ranges.set(client, left);
  }
}
