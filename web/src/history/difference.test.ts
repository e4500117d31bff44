import { describe, expect, it } from "vitest";

import { type BlockDifference, blockWords, fromTo, segmentWords } from "./difference";

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
  });
});
