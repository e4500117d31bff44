import { describe, expect, it } from "vitest";

import { milliseconds, outcomeWords, placeOf, questionOf } from "./traces";

const PLAIN = { outcome: "answered", code: "", times: 1, finish_reason: "stop", degraded: "", fell_back: false, cached: false };
const STEP = { kind: "attempt", name: "a/b", began_microseconds: 250_000, took_microseconds: 500_000, first_word_microseconds: null, outcome: "answered" };

describe("calls of models", () => {
  it("are asked for by what is filled in", () => {
    expect(questionOf({}).toString()).toBe("");
    expect(questionOf({ model: "a/b", purpose: "" }).get("model")).toBe("a/b");
    expect(questionOf({ outcome: "degraded" }).toString()).toBe("degraded=true");
    expect(questionOf({ outcome: "broken" }).toString()).toBe("finish=broken");
    expect(questionOf({ outcome: "refused" }).toString()).toBe("outcome=refused");
    expect(questionOf({ from: "2026-11-01" }).get("from")).toBe("2026-11-01T00:00:00Z");
  });

  it("are asked for by a tag with its value or without", () => {
    expect(questionOf({ tag: "order" }).toString()).toBe("tag=order");
    const question = questionOf({ tag: "order=47=11" });
    expect([question.get("tag"), question.get("tag_value")]).toEqual(["order", "47=11"]);
  });

  it("say how they ended, what matters first", () => {
    expect(outcomeWords(PLAIN)).toBe("answered");
    expect(outcomeWords({ ...PLAIN, fell_back: true })).toBe("another model");
    expect(outcomeWords({ ...PLAIN, degraded: "local", fell_back: true })).toBe("stood in: local");
    expect(outcomeWords({ ...PLAIN, finish_reason: "broken" })).toBe("broken");
    expect(outcomeWords({ ...PLAIN, cached: true })).toBe("given again");
    const refused = { ...PLAIN, outcome: "refused", code: "ai.rate_limited", finish_reason: "" };
    expect(outcomeWords(refused)).toBe("refused: ai.rate_limited");
    expect(outcomeWords({ ...refused, times: 40 })).toBe("refused: ai.rate_limited, 40 times");
  });

  it("have steps that lie within them", () => {
    expect(placeOf(STEP, 1000)).toEqual({ left: 0.25, width: 0.5 });
    expect(placeOf({ ...STEP, took_microseconds: 0 }, 1000).width).toBeGreaterThan(0);
    expect([milliseconds(1_240), milliseconds(53_400)]).toEqual(["1.2 ms", "53 ms"]);
  });
});
