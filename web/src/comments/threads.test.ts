import { describe, expect, it } from "vitest";

import { inOrder, NO_THREADS, type Thread, withThread } from "./threads";

function aThread(differences: Partial<Thread> = {}): Thread {
  return {
    id: "t", author: { kind: "member", id: "m", name: "Ana" }, written_by: "m", body: "Why?", mentions: [], created_at: "2026-11-21T00:00:00Z",
    edited_at: null, deleted: false, document_id: "d", suggestion_id: null, anchor: null, resolved_by: null, resolved_at: null, replies: [], earlier_replies: 0, version: 1,
    ...differences,
  };
}

function at(block: number, start: number): Partial<Thread> {
  return { anchor: { quote: "q", range: { block, start, block_to: block, end: start + 1 }, orphaned: false, moved: false, ids: [] } };
}

describe("what is told of threads", () => {
  it("keeps the last word about each, and lets go of one of which nothing is left", () => {
    const reply = { ...aThread({ id: "r" }) };
    const told = [aThread(), aThread({ body: "Why four?" }), aThread({ deleted: true, body: "", replies: [reply] })];

    expect(told.slice(0, 2).reduce(withThread, NO_THREADS).get("t")?.body).toBe("Why four?");
    expect(told.reduce(withThread, NO_THREADS).get("t")?.replies).toHaveLength(1);
    expect([...told, aThread({ deleted: true })].reduce(withThread, NO_THREADS).size).toBe(0);
  });

  it("stands in the order of the text, those without a place behind", () => {
    const orphaned = { anchor: { quote: "q", range: null, orphaned: true, moved: false, ids: [] as never[] } };
    const threads = [
      aThread({ id: "whole" }),
      aThread({ id: "gone", ...orphaned }),
      aThread({ id: "third", ...at(2, 0) }),
      aThread({ id: "second", ...at(0, 9), created_at: "2026-11-21T00:00:01Z" }),
      aThread({ id: "first", ...at(0, 9) }),
    ];

    expect(inOrder(threads).map(({ id }) => id)).toEqual(["first", "second", "third", "gone", "whole"]);
  });
});
