import { describe, expect, it } from "vitest";

import { pieces } from "./highlights";

describe("a text with what was found in it", () => {
  it("is cut at the spans and stays whole", () => {
    const cut = pieces("the blue sky", [[4, 8]]);

    expect(cut).toEqual([
      { text: "the ", isMarked: false },
      { text: "blue", isMarked: true },
      { text: " sky", isMarked: false },
    ]);
  });

  it("counts characters beyond the basic plane once", () => {
    expect(pieces("🙂 yes", [[2, 5]]).map(({ text }) => text)).toEqual(["🙂 ", "yes"]);
  });

  it("survives spans that overlap, are out of order or reach too far", () => {
    const cut = pieces("abcdef", [[3, 99], [0, 2], [1, 4]]);

    expect(cut.map(({ text }) => text).join("")).toBe("abcdef");
    expect(cut.filter(({ isMarked }) => isMarked).map(({ text }) => text).join("")).toBe("abcdef");
  });
});
