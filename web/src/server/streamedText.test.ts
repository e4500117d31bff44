import { describe, expect, it } from "vitest";

import { codePoints, spliced } from "./streamedText";

describe("a text that comes in pieces", () => {
  it("grows, and a piece told again changes nothing", () => {
    const once = spliced(spliced("", 0, "Once "), 5, "upon");

    expect(once).toBe("Once upon");
    expect(spliced(once, 5, "upon")).toBe("Once upon");
    expect(spliced(once, 0, "Begun anew")).toBe("Begun anew");
  });

  it("is counted in characters as the server counts them", () => {
    expect(spliced("🙂a", 1, "b")).toBe("🙂b");
    expect(codePoints("🙂a")).toBe(2);
  });
});
