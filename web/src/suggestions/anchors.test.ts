import { describe, expect, it } from "vitest";

import { anchorOf, essence } from "./anchors";

const blocks = (...texts: string[]) => texts.map(essence);

describe("where a proposed change belongs", () => {
  it("is where it was while nothing moved", () => {
    expect(anchorOf(blocks("A", "B b.", "C"), { block_from: 1, block_to: 2, quote: "B b." })).toEqual({ from: 1, to: 2 });
  });

  it("follows its text when somebody writes before it", () => {
    expect(anchorOf(blocks("new", "A", "B"), { block_from: 1, block_to: 2, quote: "B" })).toEqual({ from: 2, to: 3 });
  });

  it("is the nearest of equal blocks", () => {
    const equal = blocks("same", "x", "same", "y", "same");

    expect(anchorOf(equal, { block_from: 3, block_to: 4, quote: "same" })).toEqual({ from: 2, to: 3 });
  });

  it("is found however a list is written out", () => {
    expect(anchorOf(blocks("onetwo"), { block_from: 0, block_to: 1, quote: "- [x] one\n- **two**\n" })).toEqual({ from: 0, to: 1 });
  });

  it("is found by its words, not by the addresses and marks around them", () => {
    const quote = "1. See [the plan](https://acme.example/plan) <u>now</u>";

    expect(anchorOf(blocks("See the plan now"), { block_from: 0, block_to: 1, quote })).toEqual({ from: 0, to: 1 });
  });

  it("is nowhere when its text is gone", () => {
    expect(anchorOf(blocks("A", "other"), { block_from: 1, block_to: 2, quote: "B" })).toBeNull();
    expect(anchorOf([], { block_from: 0, block_to: 1, quote: "B" })).toBeNull();
  });

  it("is a place between blocks for an insertion, and never beyond the end", () => {
    expect(anchorOf(blocks("A", "B"), { block_from: 1, block_to: 1, quote: "" })).toEqual({ from: 1, to: 1 });
    expect(anchorOf(blocks("A"), { block_from: 9, block_to: 9, quote: "" })).toEqual({ from: 1, to: 1 });
    expect(anchorOf(blocks("new", "A", "B"), { block_from: 1, block_to: 1, quote: "A" })).toEqual({ from: 2, to: 2 });
    expect(anchorOf(blocks("B"), { block_from: 1, block_to: 1, quote: "A" })).toBeNull();
  });
});
