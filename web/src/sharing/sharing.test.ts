import { describe, expect, it } from "vitest";

import { withShare } from "./sharing";

describe("with whom a document is shared", () => {
  const people = [{ member_id: "a", access: "read" } as const, { member_id: "b", access: "write" } as const];

  it("changes for one person at a time, in place", () => {
    expect(withShare(people, "a", "write").map(({ access }) => access)).toEqual(["write", "write"]);
    expect(withShare(people, "c", "suggest").at(-1)).toEqual({ member_id: "c", access: "suggest" });
  });

  it("can be taken back", () => {
    expect(withShare(people, "b", null)).toEqual([people[0]]);
    expect(withShare(people, "nobody", null)).toEqual(people);
  });
});
