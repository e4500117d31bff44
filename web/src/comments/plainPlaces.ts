/** Where in a plain text each thread stands, and how the text is cut to draw that. */

import type * as Y from "yjs";

import { type AnchorToSend, anchorOf, type Span, spansOf } from "./places";
import type { Thread } from "./threads";

const noLeaf = () => false;

/** In UTF-16 units, as a text area counts; those that the server found by their words stand where it said. */
export function plainSpans(text: Y.Text, threads: readonly Thread[]): Map<string, Span> {
  const spans = spansOf(text, noLeaf, threads);
  for (const { id, anchor } of threads) {
    if (anchor?.moved !== true || anchor.range === null) continue;
    const points = [...text.toString()];
    const unitsTo = (end: number) => points.slice(0, end).join("").length;
    spans.set(id, { from: unitsTo(anchor.range.start), to: unitsTo(anchor.range.end) });
  }
  for (const [id, { from, to }] of spans) if (from >= to || to > text.length) spans.delete(id);
  return spans;
}

/** An anchor for what is selected; null when no text is. */
export function plainAnchor(text: Y.Text, { from, to }: Span): AnchorToSend | null {
  return from >= to ? null : anchorOf(text, noLeaf, { from, to }, text.toString().slice(from, to));
}

export interface Stretch {
  text: string;
  /** The threads about it. */
  threads: string[];
}

/** The text in order, cut wherever a thread begins or ends. */
export function stretches(text: string, spans: ReadonlyMap<string, Span>): Stretch[] {
  const cuts = new Set([0, text.length]);
  for (const { from, to } of spans.values()) cuts.add(from).add(to);
  const places = [...cuts].sort((one, other) => one - other);
  return places.slice(1).map((to, index) => {
    const from = places[index] ?? 0;
    const threads = [...spans].filter(([, span]) => span.from <= from && to <= span.to).map(([id]) => id);
    return { text: text.slice(from, to), threads };
  });
}

/** The innermost thread at a place: that of the shortest text. */
export function threadAt(spans: ReadonlyMap<string, Span>, place: number): string | undefined {
  return [...spans]
    .filter(([, { from, to }]) => from <= place && place <= to)
    .sort(([, one], [, other]) => one.to - one.from - (other.to - other.from))[0]?.[0];
}
