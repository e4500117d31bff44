import type { Actor } from "../server/resources";

export interface Mentioned {
  member_id: string;
  name: string | null;
}

export interface Comment {
  id: string;
  author: Actor;
  written_by: string | null;
  body: string;
  mentions: Mentioned[];
  created_at: string;
  edited_at: string | null;
  deleted: boolean;
}

/** Code points of the text of top-level blocks, half-open. */
export interface TextRange {
  block: number;
  start: number;
  block_to: number;
  end: number;
}

export interface ThreadAnchor {
  quote: string;
  range: TextRange | null;
  orphaned: boolean;
  moved: boolean;
  /** The CRDT ids of its characters: client, and clocks from and to. */
  ids: [number, [number, number][]][];
}

export interface Thread extends Comment {
  document_id: string;
  suggestion_id: string | null;
  anchor: ThreadAnchor | null;
  resolved_by: Actor | null;
  resolved_at: string | null;
  /** The newest ones. */
  replies: Comment[];
  earlier_replies: number;
  version: number;
}

export type Threads = ReadonlyMap<string, Thread>;

export const NO_THREADS: Threads = new Map();

/** With a thread as it is now; one of which nothing is left is gone. */
export function withThread(threads: Threads, thread: Thread): Threads {
  const changed = new Map(threads);
  if (isLeft(thread)) changed.set(thread.id, thread);
  else changed.delete(thread.id);
  return changed;
}

export function isLeft({ deleted, replies }: Thread): boolean {
  return !deleted || replies.length > 0;
}

export function isOpen({ resolved_at }: Thread): boolean {
  return resolved_at === null;
}

const LAST = Number.MAX_SAFE_INTEGER;

/** In the order of the text, then those whose text is gone, then those about the whole document; each oldest first. */
export function inOrder(threads: Iterable<Thread>): Thread[] {
  return [...threads].sort((one, other) => {
    const [a, b] = [place(one), place(other)];
    return a[0] - b[0] || a[1] - b[1] || one.created_at.localeCompare(other.created_at);
  });
}

function place({ anchor }: Thread): [number, number] {
  if (anchor === null) return [LAST, 1];
  return anchor.range === null ? [LAST, 0] : [anchor.range.block, anchor.range.start];
}
