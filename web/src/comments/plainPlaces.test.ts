import { describe, expect, it } from "vitest";
import * as Y from "yjs";

import { plainAnchor, plainSpans, stretches, threadAt } from "./plainPlaces";
import type { Thread } from "./threads";

function aText(words: string): Y.Text {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const text = doc.getText("content");
  text.insert(0, words);
  return text;
}

function thread(id: string, anchor: object): Thread {
  return { id, anchor: { ids: [], range: null, moved: false, orphaned: false, ...anchor } } as unknown as Thread;
}

describe("threads in a plain text", () => {
  it("move with their text", () => {
    const text = aText("replicas: 3");
    const about = thread("t", { ids: [[7, [[0, 8]]]] });
    expect(plainSpans(text, [about]).get("t")).toEqual({ from: 0, to: 8 });
    text.insert(0, "# 🦙\n");
    expect(plainSpans(text, [about]).get("t")).toEqual({ from: 5, to: 13 });
    text.delete(5, 8);
    expect(plainSpans(text, [about]).size).toBe(0);
  });

  it("stand where the server found their words, which counts code points", () => {
    const range = { block: 0, start: 2, block_to: 0, end: 4 };
    expect(plainSpans(aText("🦙🦙ab"), [thread("t", { moved: true, range })]).get("t")).toEqual({ from: 4, to: 6 });
  });

  it("are anchored at the first and the last character that is selected", () => {
    const text = aText("replicas: 3");
    expect(plainAnchor(text, { from: 3, to: 3 })).toBeNull();
    const anchor = plainAnchor(text, { from: 0, to: 8 });
    const decoded = [anchor?.rel_from, anchor?.rel_to].map((one) =>
      Y.decodeRelativePosition(Uint8Array.from(atob(one ?? ""), (letter) => letter.charCodeAt(0))).item?.clock,
    );
    expect([anchor?.quote, decoded]).toEqual(["replicas", [0, 7]]);
  });
});

describe("a text that is drawn", () => {
  const spans = new Map([
    ["long", { from: 0, to: 6 }],
    ["short", { from: 2, to: 4 }],
  ]);

  it("is cut where threads begin and end, and nothing of it is lost", () => {
    const drawn = stretches("abcdefgh", spans);
    expect(drawn.map(({ text }) => text)).toEqual(["ab", "cd", "ef", "gh"]);
    expect(drawn.map(({ threads }) => threads)).toEqual([["long"], ["long", "short"], ["long"], []]);
    expect(stretches("", new Map())).toEqual([]);
  });

  it("leads to the thread of the fewest words", () => {
    expect(threadAt(spans, 3)).toBe("short");
    expect(threadAt(spans, 5)).toBe("long");
    expect(threadAt(spans, 8)).toBeUndefined();
  });
});
