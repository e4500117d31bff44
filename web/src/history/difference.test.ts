import { describe, expect, it } from "vitest";

import { type BlockDifference, blockWords, changedBy, fromTo, segmentWords } from "./difference";

const block: BlockDifference = {
  change: "changed",
  block_before: 0,
  block_after: 0,
  type_before: "paragraph",
  type_after: "paragraph",
  restructured: false,
  segments: [],
};

describe("a difference", () => {
  it("runs forward in time, whichever revision was chosen first", () => {
    expect(fromTo(9, 4)).toEqual({ from: 4, to: 9 });
    expect(fromTo(4, 9)).toEqual({ from: 4, to: 9 });
  });

  it("says who inserted and who deleted words, if that is known", () => {
    expect(segmentWords("insert", "Ana")).toBe("Inserted by Ana");
    expect(segmentWords("delete", undefined)).toBe("Deleted");
    expect(segmentWords("equal", "Ana")).toBeUndefined();
  });

  it("tells other words from another form", () => {
    expect(blockWords(block)).toBe("Changed");
    expect(blockWords({ ...block, type_after: "heading" })).toBe("Changed in form");
    expect(blockWords({ ...block, restructured: true })).toBe("Changed in form");
    expect(blockWords({ ...block, change: "deleted" })).toBe("Deleted block");
    const formatted = { ...block, segments: [{ op: "format", text: "x", by: 0 } as const] };
    expect(blockWords(formatted)).toBe("Formatted");
    expect(blockWords({ ...block, segments: [...formatted.segments, { op: "insert", text: "y", by: 0 }] })).toBe("Changed");
  });

  it("names whoever changed a block, each once", () => {
    const segments = [
      { op: "equal", text: "a", by: 3 },
      { op: "delete", text: "b", by: 1 },
      { op: "insert", text: "c", by: 2 },
      { op: "insert", text: "d", by: 1 },
      { op: "delete", text: "e", by: null },
    ] as const;
    expect(changedBy({ ...block, segments: [...segments] })).toEqual([1, 2]);
    expect(changedBy({ ...block, by: 4, segments: [...segments] })).toEqual([4]);
  });
});
