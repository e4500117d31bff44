import { describe, expect, it } from "vitest";

import { type Budget, budgetShares, rowName, since, totals, type UsageRow } from "./usage";

const BUDGET: Budget = {
  scope: "member_day", limit_micros: 1000, spent_micros: 250, forgiven_micros: 0, reserved_micros: 100, remaining_micros: 650,
  resets_at: "2026-11-22T00:00:00Z", binding: true, set_by: "default", version: 0,
};

function row(cost_micros: number): UsageRow {
  return { keys: { day: "2026-11-21" }, labels: {}, requests: 1, input_tokens: 10, output_tokens: 5, cost_micros };
}

describe("a budget as a bar", () => {
  it("shows what is spent and what is reserved", () => {
    expect(budgetShares(BUDGET)).toEqual({ spent: 0.25, reserved: 0.1 });
  });

  it("is full when nothing may be spent, and never more than full", () => {
    expect(budgetShares({ ...BUDGET, limit_micros: 0 })).toEqual({ spent: 1, reserved: 0 });
    expect(budgetShares({ ...BUDGET, spent_micros: 9000 }).spent).toBe(1);
  });

  it("begins anew after a reset", () => {
    expect(budgetShares({ ...BUDGET, spent_micros: 1250, forgiven_micros: 1000 })).toEqual({ spent: 0.25, reserved: 0.1 });
  });
});

describe("the table of usage", () => {
  it("has totals that are the sum of its rows", () => {
    expect(totals([row(3), row(4)])).toEqual({ requests: 2, input_tokens: 20, output_tokens: 10, cost_micros: 7 });
    expect(totals([]).cost_micros).toBe(0);
  });

  it("begins at midnight, so that the first day is whole", () => {
    expect(since(new Date("2026-11-21T15:30:00Z"), 7)).toBe("2026-11-15T00:00:00.000Z");
    expect(since(new Date("2026-11-21T00:00:00Z"), 1)).toBe("2026-11-21T00:00:00.000Z");
  });

  it("names its rows, and says so when it cannot", () => {
    expect(rowName("member", { keys: { member: "1" }, labels: { member: "Ana" } })).toBe("Ana");
    expect(rowName("document", { keys: { document: null }, labels: {} })).toMatch(/^No document/);
    expect(rowName("model", { keys: { model: "local/extractive" }, labels: {} })).toBe("local/extractive");
    expect(rowName("day", { keys: { day: "2026-11-21" }, labels: {} })).toMatch(/21 November/);
  });
});
