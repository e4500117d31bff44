import { describe, expect, it } from "vitest";

import { citedIn } from "./cited";

describe("what an address points at", () => {
  it("is blocks and characters", () => {
    expect(citedIn({ block: "3-5", chars: "120-300" })).toEqual({ blocks: [3, 5], characters: [120, 300] });
  });

  it("is nothing when it cannot be read", () => {
    expect(citedIn({})).toBeUndefined();
    expect(citedIn({ block: "here", chars: "-1-2" })).toBeUndefined();
  });
});
