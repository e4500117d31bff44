import { describe, expect, it } from "vitest";

import { blocks, inline } from "./markdown";

describe("what a model writes", () => {
  it("is read as headings, paragraphs, lists and code", () => {
    const read = blocks("# Plan\n\nFirst line\nsecond line\n\n- one\n- two\n\n1. a\n2. b\n\n```\nlet x = *1*\n```");

    expect(read.map(({ kind }) => kind)).toEqual(["heading", "paragraph", "list", "list", "code"]);
    expect(read[2]).toMatchObject({ isOrdered: false, items: [[{ text: "one" }], [{ text: "two" }]] });
    expect(read[4]).toEqual({ kind: "code", text: "let x = *1*" });
  });

  it("has numbers that cite", () => {
    expect(inline("As agreed [S12]")[1]).toEqual({ kind: "cite", number: 12 });
    expect(inline("Paid in May [2].")).toEqual([
      { kind: "text", text: "Paid in May " },
      { kind: "cite", number: 2 },
      { kind: "text", text: "." },
    ]);
  });

  it("stays the text it is when it is something else", () => {
    for (const text of ["2 * 3 * 4", "**open", "<script>alert(1)</script>", "[x](y)"]) {
      expect(inline(text)).toEqual([{ kind: "text", text }]);
    }
  });

  it("may stop anywhere while it streams", () => {
    const whole = "## A\n\n- **b** [1]\n\n```\ncode";
    for (let length = 0; length <= whole.length; length += 1) {
      expect(() => blocks(whole.slice(0, length))).not.toThrow();
    }
  });
});
