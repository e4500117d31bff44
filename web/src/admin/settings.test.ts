import { describe, expect, it } from "vitest";

import { grouped, readTyped, type Setting, settingName, shortValue, typedOf } from "./settings";

function aSetting(differences: Partial<Setting>): Setting {
  return {
    key: "ai.timeout_seconds", type: "whole", description: "", default: 60, unit: "seconds", minimum: 1, maximum: 600,
    choices: [], characters_max: null, scopes: ["tenant"], value: 60, set_by: "default", version: 0, ...differences,
  };
}

describe("what is typed for a setting", () => {
  it("becomes a value of its type", () => {
    expect(readTyped(aSetting({}), "30")).toEqual({ value: 30 });
    expect(readTyped(aSetting({ type: "share", maximum: 1, minimum: 0 }), "0.5")).toEqual({ value: 0.5 });
    expect(readTyped(aSetting({ type: "names" }), "a/b\n c/d ,")).toEqual({ value: ["a/b", "c/d"] });
  });

  it("is money in whole units where it is kept in millionths", () => {
    const budget = aSetting({ key: "ai.tenant_day_micros", value: 2_500_000 });

    expect(typedOf(budget)).toBe("2.5");
    expect(readTyped(budget, "2.5")).toEqual({ value: 2_500_000 });
    expect(readTyped(budget, "much")).toHaveProperty("refusal");
  });

  it("is refused with a sentence when it cannot be one", () => {
    for (const typed of ["", "soon", "1.5", "0", "601"]) expect(readTyped(aSetting({}), typed)).toHaveProperty("refusal");
    expect(readTyped(aSetting({ type: "names" }), " , ")).toHaveProperty("refusal");
  });
});

describe("the list of settings", () => {
  it("puts each under one heading and leaves the switches out", () => {
    const groups = grouped([
      aSetting({ key: "ai.enabled", type: "flag" }),
      aSetting({ key: "ai.tenant_day_micros" }),
      aSetting({ key: "ai.route.small", type: "names" }),
      aSetting({}),
      aSetting({ key: "ai.template_draw", type: "choice" }),
      aSetting({ key: "documents.default_sharing", type: "choice" }),
    ]);

    expect(groups.map(({ name, settings }) => [name, settings.length])).toEqual([
      ["Money", 1], ["Models and routes", 1], ["What models are told", 1], ["Limits of a call", 1], ["Documents", 1],
    ]);
  });

  it("names them in words", () => {
    expect(settingName("ai.member_day_micros")).toBe("Each member, in a day");
    expect(settingName("ai.output_tokens_max")).toBe("Output tokens max");
    expect(settingName("ai.pii_masking")).toBe("PII masking");
    expect(settingName("ai.route.small")).toBe("Route small");
  });

  it("shows a former value in a line", () => {
    expect(shortValue(aSetting({}), null, "USD")).toBe("taken back");
    expect(shortValue(aSetting({}), true, "USD")).toBe("on");
    expect(shortValue(aSetting({}), "x".repeat(200), "USD")).toHaveLength(60);
  });
});
