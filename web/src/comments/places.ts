/** Where in the editor's document the text of each thread stands, and what an anchor of a selection is. */

import * as Y from "yjs";

import { type Tell, walk, walkText } from "../provenance/pieces";
import type { Thread } from "./threads";

export interface Span {
  from: number;
  to: number;
}

interface Owned {
  thread: string;
  start: number;
  end: number;
}

/** A rich body, or a plain one. */
export type Body = Y.XmlFragment | Y.Text;

function tellAll(body: Body, isLeaf: (name: string) => boolean, tell: Tell): void {
  if (body instanceof Y.Text) walkText(body, 0, tell);
  else walk(body, 0, isLeaf, tell);
}

/** By the ids of their characters, from the first to the last that is left; a thread without any is not in it. */
export function spansOf(body: Body, isLeaf: (name: string) => boolean, threads: Iterable<Thread>): Map<string, Span> {
  const byClient = new Map<number, Owned[]>();
  for (const { id: thread, anchor } of threads) {
    for (const [client, ranges] of anchor?.ids ?? []) {
      const owned = byClient.get(client) ?? [];
      owned.push(...ranges.map(([start, end]) => ({ thread, start, end })));
      byClient.set(client, owned);
    }
  }
  const spans = new Map<string, Span>();
  tellAll(body, isLeaf, (at, client, clock, length) => {
    for (const { thread, start, end } of byClient.get(client) ?? []) {
      const [first, last] = [Math.max(start, clock), Math.min(end, clock + length)];
      if (first >= last) continue;
      const span = spans.get(thread);
      const to = at + last - clock;
      if (span === undefined) spans.set(thread, { from: at + first - clock, to });
      else span.to = to;
    }
  });
  return spans;
}

export interface AnchorToSend {
  rel_from: string;
  rel_to: string;
  quote: string;
}

/** The first and the last character between two positions of the editor, as relative positions; null without any. */
export function anchorOf(body: Body, isLeaf: (name: string) => boolean, { from, to }: Span, quote: string): AnchorToSend | null {
  let first: Y.ID | undefined;
  let last: Y.ID | undefined;
  tellAll(body, isLeaf, (at, client, clock, length) => {
    const [start, end] = [Math.max(from, at), Math.min(to, at + length)];
    if (start >= end) return;
    first ??= Y.createID(client, clock + start - at);
    last = Y.createID(client, clock + end - 1 - at);
  });
  if (first === undefined || last === undefined) return null;
  return { rel_from: encoded(first, 0), rel_to: encoded(last, -1), quote };
}

function encoded(id: Y.ID, association: number): string {
  const bytes = Y.encodeRelativePosition(new Y.RelativePosition(null, null, id, association));
  return btoa(String.fromCharCode(...bytes));
}
