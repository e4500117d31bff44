import { describe, expect, it } from "vitest";

import { humanTime } from "./humanTime";

const NOON = new Date(2026, 10, 18, 12, 0, 0);

function said(...parts: [number, number, number, number, number]): string {
  const [year, month, day, hour, minute] = parts;
  return humanTime(new Date(year, month - 1, day, hour, minute), NOON);
}

describe("a moment in human words", () => {
  it("counts minutes, then hours of the same day", () => {
    expect(said(2026, 11, 18, 12, 0)).toBe("just now");
    expect(said(2026, 11, 18, 11, 59)).toBe("a minute ago");
    expect(said(2026, 11, 18, 11, 15)).toBe("45 minutes ago");
    expect(said(2026, 11, 18, 9, 0)).toBe("3 hours ago");
  });

  it("names yesterday and the days of this week with their time", () => {
    expect(said(2026, 11, 17, 23, 30)).toBe("yesterday at 23:30");
    expect(said(2026, 11, 15, 8, 5)).toBe("Sunday at 08:05");
  });

  it("gives the date, with its year only when it is another", () => {
    expect(said(2026, 5, 3, 8, 0)).toBe("3 May");
    expect(said(2024, 5, 3, 8, 0)).toBe("3 May 2024");
  });

  it("forgives a clock that runs a little ahead", () => {
    expect(said(2026, 11, 18, 12, 3)).toBe("just now");
  });
});
