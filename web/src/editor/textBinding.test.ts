import { describe, expect, it } from "vitest";

import { movedCaret, textChange } from "./textBinding";

describe("what changed in a plain text", () => {
  it("is nothing when nothing changed", () => {
    expect(textChange("same", "same", 2)).toBeNull();
  });

  it("is the letter at the caret, even among equal letters", () => {
    expect(textChange("aaa", "aaaa", 2)).toEqual({ index: 1, removed: 0, inserted: "a" });
  });

  it("is the letter before the caret when one was deleted among equal ones", () => {
    expect(textChange("aaaa", "aaa", 1)).toEqual({ index: 1, removed: 1, inserted: "" });
  });

  it("is a replacement when a selection was typed over", () => {
    expect(textChange("one two three", "one 2 three", 5)).toEqual({ index: 4, removed: 3, inserted: "2" });
  });

  it("never cuts an emoji in half", () => {
    expect(textChange("a😀b", "a😁b", 3)).toEqual({ index: 1, removed: 2, inserted: "😁" });
  });

  it("turns the old text into the new one, whatever the caret", () => {
    for (const [before, after] of [["abcabc", "abc"], ["", "x"], ["x", ""], ["ab", "ba"], ["aXa", "aYYa"]] as const) {
      for (let caret = 0; caret <= after.length; caret += 1) {
        const change = textChange(before, after, caret);
        if (change === null) throw new Error("no change found");
        const { index, removed, inserted } = change;
        expect(before.slice(0, index) + inserted + before.slice(index + removed)).toBe(after);
      }
    }
  });
});

describe("the caret after somebody else's change", () => {
  it("moves with text that is put in before it", () => {
    expect(movedCaret(5, [{ retain: 1 }, { insert: "two" }])).toBe(8);
  });

  it("stays for what happens behind it or exactly at it", () => {
    expect(movedCaret(5, [{ retain: 9 }, { insert: "two" }])).toBe(5);
    expect(movedCaret(5, [{ retain: 5 }, { insert: "two" }])).toBe(5);
  });

  it("moves back to the seam when the text around it disappears", () => {
    expect(movedCaret(5, [{ retain: 3 }, { delete: 10 }])).toBe(3);
    expect(movedCaret(5, [{ delete: 2 }])).toBe(3);
  });
});
