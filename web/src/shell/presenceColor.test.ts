import { describe, expect, it } from "vitest";

import { initials, PRESENCE_COLORS, presenceColor, presenceColors } from "./presenceColor";

const CROWD = Array.from({ length: PRESENCE_COLORS.length }, (_, number) => `member-${number}`);

describe("the colours of people", () => {
  it("are their own while there are enough for everybody", () => {
    expect(new Set(presenceColors(CROWD).values()).size).toBe(PRESENCE_COLORS.length);
  });

  it("are the same on every screen, whoever is listed first", () => {
    expect(presenceColors([...CROWD].reverse())).toEqual(presenceColors(CROWD));
  });

  it("are the usual one for somebody alone, and still a colour in a crowd that is too large", () => {
    expect(presenceColors(["ana"]).get("ana")).toBe(presenceColor("ana"));
    const many = Array.from({ length: 40 }, (_, number) => `m${number}`);
    expect(presenceColors(many).size).toBe(40);
  });
});

describe("initials", () => {
  it("are of the first and the last name", () => {
    expect(initials("Ana Maria Lindqvist")).toBe("AL");
    expect(initials("Plato")).toBe("P");
    expect(initials("  ")).toBe("?");
  });
});
