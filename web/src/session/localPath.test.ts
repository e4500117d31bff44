import { describe, expect, it } from "vitest";

import { localPath } from "./localPath";

describe("where somebody goes after signing in", () => {
  it("is the page that was asked for", () => {
    expect(localPath("/d/1?at=3")).toBe("/d/1?at=3");
    expect(localPath(undefined)).toBe("/");
  });

  it("is never another site", () => {
    for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      expect(localPath(next)).toBe("/");
    }
  });
});
