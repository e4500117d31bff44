import { describe, expect, it } from "vitest";

import { feedbackOf, gradeWords } from "./ratings";

describe("what somebody says of an answer", () => {
  it("goes to the call or to the generation", () => {
    expect(feedbackOf({ callId: "a" })).toBe("/api/v1/ai-calls/a/feedback");
    expect(feedbackOf({ generationId: "b" })).toBe("/api/v1/generations/b/feedback");
  });

  it("has words", () => {
    expect(gradeWords(5)).toBe("Just right");
    expect(gradeWords(null)).toContain("From 1");
  });
});
