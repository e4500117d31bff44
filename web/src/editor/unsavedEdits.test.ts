import { describe, expect, it } from "vitest";
import * as Y from "yjs";

import { UnsavedEdits } from "./unsavedEdits";

/** Ana writes; `updates` is what her connection sends, `server` what the server has stored. */
function anaWriting() {
  const doc = new Y.Doc();
  const unsaved = new UnsavedEdits();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin === "server") return;
    updates.push(update);
    unsaved.made(update);
  });
  return { doc, text: doc.getText("content"), unsaved, updates };
}

function storedFrom(updates: Uint8Array[]): Y.Doc {
  const server = new Y.Doc();
  for (const update of updates) Y.applyUpdate(server, update);
  return server;
}

describe("unsaved edits", () => {
  it("counts nothing before anything was written", () => {
    expect(new UnsavedEdits().count).toBe(0);
  });

  it("counts each edit until its own bytes come back", () => {
    const { text, unsaved, updates } = anaWriting();
    text.insert(0, "a");
    text.insert(1, "b");
    expect(unsaved.count).toBe(2);

    unsaved.cameBack(updates[0]!);
    expect(unsaved.count).toBe(1);

    unsaved.cameBack(updates[1]!);
    expect(unsaved.count).toBe(0);
  });

  it("does not take the text of somebody else for its own", () => {
    const { text, unsaved } = anaWriting();
    text.insert(0, "mine");
    const ben = new Y.Doc();
    ben.getText("content").insert(0, "his");

    unsaved.cameBack(Y.encodeStateAsUpdate(ben));

    expect(unsaved.count).toBe(1);
  });

  it("is settled by one merged update as well as by single ones", () => {
    const { text, unsaved, updates } = anaWriting();
    for (const letter of "merged") text.insert(text.length, letter);

    unsaved.cameBack(Y.mergeUpdates(updates));

    expect(unsaved.count).toBe(0);
  });

  it("keeps an edit of which only a part came back", () => {
    const { doc, text, unsaved, updates } = anaWriting();
    text.insert(0, "half");
    const firstHalf = new Map([[doc.clientID, 2]]);
    const secondHalf = Y.diffUpdate(updates[0]!, Y.encodeStateVector(firstHalf));
    unsaved.cameBack(secondHalf);
    expect(unsaved.count).toBe(1);

    unsaved.serverHolds(Y.encodeStateVector(firstHalf));
    expect(unsaved.count).toBe(0);
  });

  it("does not count the hole in a merged update as text that is there", () => {
    const { text, unsaved, updates } = anaWriting();
    text.insert(0, "a");
    text.insert(1, "b");
    text.insert(2, "c");

    unsaved.cameBack(Y.mergeUpdates([updates[0]!, updates[2]!]));

    expect(unsaved.count).toBe(1);
  });

  it("waits for a deletion, which has no clock of its own", () => {
    const { doc, text, unsaved, updates } = anaWriting();
    text.insert(0, "gone");
    unsaved.cameBack(updates[0]!);
    text.delete(0, 4);
    expect(unsaved.count).toBe(1);

    unsaved.serverHolds(Y.encodeStateVector(doc));
    expect(unsaved.count).toBe(1);

    unsaved.cameBack(updates[1]!);
    expect(unsaved.count).toBe(0);
  });

  it("learns from the first exchange of a new connection what had arrived before the old one broke", () => {
    const { doc, text, unsaved, updates } = anaWriting();
    text.insert(0, "arrived");
    text.delete(0, 2);
    text.insert(0, "not arrived");
    const server = storedFrom(updates.slice(0, 2));

    unsaved.serverHolds(Y.encodeStateVector(server));
    unsaved.cameBack(Y.encodeStateAsUpdate(server, Y.encodeStateVector(doc)));

    expect(unsaved.count).toBe(1);
  });

  it("is settled after an offline spell when the server returns what the reconnection sent", () => {
    const { doc, text, unsaved } = anaWriting();
    for (const letter of "offline") text.insert(text.length, letter);
    text.delete(1, 3);
    const server = new Y.Doc();
    unsaved.serverHolds(Y.encodeStateVector(server));
    expect(unsaved.count).toBe(8);

    unsaved.cameBack(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server)));

    expect(unsaved.count).toBe(0);
  });

  it("counts an undo as an edit of its own", () => {
    const { text, unsaved, updates } = anaWriting();
    const undo = new Y.UndoManager(text);
    text.insert(0, "oops");
    unsaved.cameBack(updates[0]!);

    undo.undo();
    expect(unsaved.count).toBe(1);

    unsaved.cameBack(updates[1]!);
    expect(unsaved.count).toBe(0);
  });

  it("agrees with the server about random edits returned in random order", () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = randomNumbers(seed);
      const { text, unsaved, updates } = anaWriting();
      for (let edit = 0; edit < 40; edit += 1) {
        const at = Math.floor(random() * (text.length + 1));
        if (random() < 0.6 || text.length === 0) text.insert(at, "xyz".slice(0, 1 + Math.floor(random() * 3)));
        else text.delete(Math.min(at, text.length - 1), 1);
      }
      expect(unsaved.count).toBe(updates.length);
      const order = [...updates].sort(() => random() - 0.5);
      order.forEach((update, returned) => {
        expect(unsaved.count).toBeGreaterThan(0);
        expect(unsaved.count).toBeLessThanOrEqual(updates.length - returned);
        unsaved.cameBack(update);
      });
      expect(unsaved.count).toBe(0);
    }
  });
});

function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}
