import { describe, expect, it } from "vitest";

import { actorName } from "./actorName";

describe("who did something", () => {
  it("is the member by name, and marked when a key acted for them", () => {
    expect(actorName({ kind: "member", id: "1", name: "Ana" })).toBe("Ana");
    expect(actorName({ kind: "key", id: "1", name: "Ana" })).toBe("Ana (API key)");
  });

  it("is never a guess when no name is known", () => {
    expect(actorName({ kind: "operator", id: null, name: null })).toBe("Operator");
    expect(actorName({ kind: "member", id: "1", name: null })).toBe("Erased member");
    expect(actorName({ kind: "something new", id: null, name: null })).toBe("Unknown");
  });
});
