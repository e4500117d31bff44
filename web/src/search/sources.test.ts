import { describe, expect, it } from "vitest";

import type { Citation } from "../server/resources";
import { isShown, sourceOf } from "./sources";

const citation: Citation = { number: 2, document_id: "d", title: "T", position: 1, block_from: 0, block_to: 1, start: 0, end: 1 };

describe("the source that a mark names", () => {
  it("is found by its number, not by its place in the list", () => {
    expect(sourceOf([citation], 2)).toBe(citation);
    expect(sourceOf([citation], 1)).toBeUndefined();
  });

  it("is none when it was withdrawn", () => {
    expect(sourceOf([{ number: 1, withheld: true }], 1)).toBeUndefined();
    expect([citation, { number: 1, withheld: true } as const].filter(isShown)).toEqual([citation]);
  });
});
