import { describe, expect, it } from "vitest";

import { asked, factWords, moments } from "./records";

describe("the filter of the record", () => {
  it("takes whole days, the last one included", () => {
    const { from, to } = moments({ from: "2026-11-20", to: "2026-11-20", action: "document." });

    expect(Date.parse(to ?? "") - Date.parse(from ?? "")).toBe(24 * 3_600_000);
  });

  it("leaves out what nobody asked for", () => {
    expect(asked({ actor: "", action: " document. ", text: "  " })).toEqual({ action: "document." });
  });
});

describe("the facts of an entry", () => {
  it("are said in words, a few of them, and never an object or an id", () => {
    expect(factWords({ cost_micros: 12, model: "local/extractive", nothing: null, deep: { a: 1 }, member_id: "1" })).toEqual([
      "cost micros: 12",
      "model: local/extractive",
    ]);
    expect(factWords(Object.fromEntries("abcdefgh".split("").map((key) => [key, 1])))).toHaveLength(4);
  });
});
