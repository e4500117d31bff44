/** What a citation points at: top-level blocks, and code points of the plain text; both half-open. */
export interface Cited {
  blocks: [number, number];
  characters: [number, number];
}

function range(text: string | undefined): [number, number] | null {
  const match = /^(\d{1,9})-(\d{1,9})$/.exec(text ?? "");
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/** As it stands in the address of a page; undefined when nothing is pointed at. */
export function citedIn(search: { block?: string; chars?: string }): Cited | undefined {
  const blocks = range(search.block);
  const characters = range(search.chars);
  if (blocks === null && characters === null) return undefined;
  return { blocks: blocks ?? [0, 0], characters: characters ?? [0, 0] };
}
