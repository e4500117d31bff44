import { describe, expect, it } from "vitest";

import { microsOf, money, typedSum } from "./money";

describe("a sum of money", () => {
  it("is shown in cents, and small sums to the last digit", () => {
    expect(money(12_500_000)).toBe("$12.50");
    expect(money(0)).toBe("$0.00");
    expect(money(437)).toBe("$0.000437");
    expect(money(1_000_437)).toBe("$1.00");
  });

  it("is read as typed without a rounding error", () => {
    expect(microsOf("2")).toBe(2_000_000);
    expect(microsOf("$0.1")).toBe(100_000);
    expect(microsOf("€ 0.1")).toBe(100_000);
    expect(microsOf("PLN 0.1")).toBe(100_000);
    expect(microsOf("1.000437")).toBe(1_000_437);
  });

  it("is not what is no sum", () => {
    for (const typed of ["", "-1", "1e9", "1,5", "0.0000001", "much"]) expect(microsOf(typed)).toBeNull();
  });

  it("is typed as it is read", () => {
    expect(typedSum(2_000_000)).toBe("2");
    expect(typedSum(1_000_437)).toBe("1.000437");
    expect(typedSum(0)).toBe("0");
  });
});
