import { describe, expect, it } from "vitest";

import { liveWords, sectionsOf, valuesOf, type Variable, variableLines, variablesOf, versionWords } from "./templates";

const AUDIENCE: Variable = { name: "audience", type: "text", required: true, characters_max: 200, description: "For whom." };
const POINTS: Variable = { name: "points", type: "list", required: false, characters_max: 50, description: "" };

describe("what is live", () => {
  it("says what models are told", () => {
    expect(liveWords({ live: [{ version: 0, weight: 100 }], newest: 0, by_operator: false })).toBe("As it comes with Colophon");
    expect(liveWords({ live: [{ version: 0, weight: 100 }], newest: 0, by_operator: true })).toBe("As the operator wrote it");
    expect(liveWords({ live: [{ version: 3, weight: 100 }], newest: 4, by_operator: false })).toBe("Version 3 is live");
    expect(liveWords({ live: [], newest: 2, by_operator: true })).toBe("Nothing live, version 2 is the newest");
  });

  it("says how two versions share the calls", () => {
    const live = [
      { version: 1, weight: 30 },
      { version: 2, weight: 10 },
    ];
    expect(liveWords({ live, newest: 2, by_operator: false })).toBe("Versions 1 and 2 share the calls");
    expect(versionWords({ state: "live", weight: 30 }, live)).toBe("Live, 75 of 100 calls");
    expect(versionWords({ state: "draft", weight: 0 }, live)).toBe("Draft");
  });
});

describe("variables as lines", () => {
  it("read as they were written, with their descriptions", () => {
    const lines = variableLines([AUDIENCE, POINTS]);
    expect(lines).toBe("audience text required 200 For whom.\npoints list optional 50");
    expect(variablesOf(lines)).toEqual([AUDIENCE, POINTS]);
  });

  it("name the line that is none", () => {
    expect(variablesOf("audience text\n")).toBe("audience text");
  });

  it("take values of their types", () => {
    expect(valuesOf("audience = {{ 7*7 }}\npoints = a, b\nnothing", [AUDIENCE, POINTS])).toEqual({
      audience: "{{ 7*7 }}",
      points: ["a", "b"],
    });
  });
});

describe("what gives way", () => {
  it("is named in order, each part once", () => {
    expect(sectionsOf("examples, history examples")).toEqual(["examples", "history"]);
    expect(sectionsOf("")).toEqual([]);
    expect(sectionsOf("examples, everything")).toEqual({ unknown: "everything" });
  });
});
