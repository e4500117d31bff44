/** What the server knows of who wrote a document, as the editor asks for it. */

import { getJson } from "../server/rest";
import type { Actor } from "../server/resources";

export const ORIGINS = ["human", "ai", "imported", "api_key", "system", "unknown"] as const;
export type Origin = (typeof ORIGINS)[number];

export interface Author {
  origin: Origin;
  author: Actor;
  generation_id: string | null;
  accepted_by: Actor | null;
  relayed: boolean;
  characters: number;
}

/** Ids of one Yjs client, from `start` up to `end`; `by` is an index of the authors. */
export interface IdRange {
  client: number;
  start: number;
  end: number;
  by: number;
}

export interface Provenance {
  position: number;
  characters: number;
  shares: Record<Origin, { characters: number; share: number }>;
  authors: Author[];
  ranges: IdRange[];
}

export function loadProvenance(documentId: string, signal: AbortSignal): Promise<Provenance> {
  return getJson<Provenance>(`/api/v1/documents/${documentId}/provenance`, signal);
}

/** Finds whose an id is. */
export class IdMap {
  #byClient = new Map<number, IdRange[]>();

  constructor(ranges: readonly IdRange[]) {
    for (const range of ranges) {
      const known = this.#byClient.get(range.client);
      if (known === undefined) this.#byClient.set(range.client, [range]);
      else known.push(range);
    }
    for (const known of this.#byClient.values()) known.sort((one, other) => one.start - other.start);
  }

  /** Whose the id is, undefined when the server does not know it yet, and up to which clock that holds. */
  find(client: number, clock: number): { by: number | undefined; end: number } {
    const ranges = this.#byClient.get(client) ?? [];
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges[middle]?.end ?? 0) <= clock) low = middle + 1;
      else high = middle;
    }
    const range = ranges[low];
    if (range === undefined) return { by: undefined, end: Number.POSITIVE_INFINITY };
    return range.start <= clock ? { by: range.by, end: range.end } : { by: undefined, end: range.start };
  }
}
