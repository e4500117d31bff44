/** Where in the editor's document each stretch of text with its CRDT ids stands. */

import * as Y from "yjs";

import type { IdMap } from "./provenance";

export interface Piece {
  from: number;
  to: number;
  /** An index of the authors; undefined while the server has not told whose it is. */
  by: number | undefined;
}

/**
 * The text of a fragment in order of reading, in positions of the editor, or undefined when the editor's document is
 * not (yet) the fragment's: `size` is how long the editor's is.
 */
export function pieces(
  fragment: Y.XmlFragment,
  idMap: IdMap,
  isLeaf: (name: string) => boolean,
  size: number,
): Piece[] | undefined {
  const found: Piece[] = [];
  const end = walk(fragment, 0, isLeaf, (from, client, clock, length) => {
    for (let done = 0; done < length; ) {
      const { by, end: known } = idMap.find(client, clock + done);
      const count = Math.min(length - done, known - clock - done);
      put(found, { from: from + done, to: from + done + count, by });
      done += count;
    }
  });
  return end === size ? found : undefined;
}

export type Tell = (from: number, client: number, clock: number, length: number) => void;

/** Tells every stretch of text that is not deleted, and returns where the parent ends. */
export function walk(parent: Y.XmlFragment, start: number, isLeaf: (name: string) => boolean, tell: Tell): number {
  let position = start;
  for (const child of parent.toArray()) {
    if (child instanceof Y.XmlText) position = walkText(child, position, tell);
    else if (child instanceof Y.XmlElement) {
      position = isLeaf(child.nodeName) ? position + 1 : walk(child, position + 1, isLeaf, tell) + 1;
    }
  }
  return position;
}

/** The same of one text alone; returns where it ends. */
export function walkText(text: Y.Text, start: number, tell: Tell): number {
  let position = start;
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    if (item.content instanceof Y.ContentString) tell(position, item.id.client, item.id.clock, item.length);
    position += item.length;
  }
  return position;
}

function put(found: Piece[], piece: Piece): void {
  const last = found.at(-1);
  if (last !== undefined && last.to === piece.from && last.by === piece.by) last.to = piece.to;
  else found.push(piece);
}
