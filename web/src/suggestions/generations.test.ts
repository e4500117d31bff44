import { describe, expect, it } from "vitest";

import { failureOf, type Generation, refusalWords, targetOf, targetWords } from "./generations";

const CARET = { block_from: 2, block_to: 3, count: 5 };

describe("what the AI is asked about", () => {
  it("is the place behind the caret for a draft", () => {
    expect(targetOf("draft", CARET, true)).toEqual({ block_from: 3, block_to: 3 });
    expect(targetOf("draft", undefined, true)).toBeNull();
  });

  it("is what is selected, and all of it for a summary of nothing in particular", () => {
    expect(targetOf("rewrite", CARET, true)).toEqual({ block_from: 2, block_to: 3 });
    expect(targetOf("summarise", CARET, true)).toBeNull();
    expect(targetOf("summarise", CARET, false)).toEqual({ block_from: 2, block_to: 3 });
  });

  it("is said in words", () => {
    expect(targetWords("draft", { block_from: 3, block_to: 3 })).toBe("After paragraph 3");
    expect(targetWords("rewrite", { block_from: 1, block_to: 3 })).toBe("Paragraphs 2 to 3");
    expect(targetWords("summarise", null)).toBe("The whole document");
  });
});

describe("a refusal", () => {
  const problem = { title: "x", status: 429, code: "ai.budget_exceeded" };

  it("is an honest sentence", () => {
    expect(refusalWords(problem).title).toBe("The budget is used up");
    expect(refusalWords({ ...problem, code: "other.thing" }).title).toBe("x");
  });

  it("is only what did not end well", () => {
    const generation = { state: "succeeded" } as Generation;

    expect(failureOf(generation)).toBeUndefined();
    expect(failureOf({ ...generation, state: "failed", error: { code: "ai.providers_unavailable" } })?.title).toBe("No model can be reached");
  });
});
