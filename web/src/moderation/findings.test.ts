import { expect, test } from "vitest";

import { kindWords, listAddress, ruleWords, stateWords } from "./findings";

test("a finding says in words what it is and how it stands", () => {
  expect(kindWords("moderation.answer")).toBe("Unwanted words in an answer");
  expect(stateWords({ state: "open", decision: null, withheld: true })).toBe("Held back");
  expect(stateWords({ state: "open", decision: null, withheld: false })).toBe("Went on");
  expect(stateWords({ state: "noted", decision: null, withheld: true })).toBe("Made room for newer ones");
  expect(stateWords({ state: "decided", decision: "false_alarm", withheld: true })).toBe("False alarm");
});

test("a rule's name is read as words", () => {
  expect(ruleWords("prompt_disclosure")).toBe("prompt disclosure");
});

test("a list asks for each of its states", () => {
  expect(listAddress(["open", "noted"])).toBe("/api/v1/moderation/reviews?state=open&state=noted");
});
