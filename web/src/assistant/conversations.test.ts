import { describe, expect, it } from "vitest";

import { type Delta, type Draft, type Message, problemWords, standing, withDelta } from "./conversations";

function aMessage(id: string, differences: Partial<Message> = {}): Message {
  return {
    id, role: "user", text: id, sources: [], generation: null, at: "2026-11-21T00:00:00Z", undone: false, notice: "",
    problem: null, stopped: false, withheld: false, ...differences,
  };
}

function told(...deltas: Delta[]): string | undefined {
  return deltas.reduce<Draft | undefined>(withDelta, undefined)?.text;
}

describe("an answer that is being written", () => {
  it("grows by its pieces, and not twice by the same one", () => {
    const piece = { turn_id: "t", start: 5, text: "upon" };

    expect(told({ turn_id: "t", start: 0, text: "Once " }, piece, piece)).toBe("Once upon");
  });

  it("begins anew for another turn, and when the model does", () => {
    expect(told({ turn_id: "t", start: 0, text: "Once" }, { turn_id: "u", start: 0, text: "Then" })).toBe("Then");
    expect(told({ turn_id: "t", start: 0, text: "Once" }, { turn_id: "t", start: 0, text: "No" })).toBe("No");
  });
});

describe("a conversation", () => {
  it("shows no turn that was undone", () => {
    expect(standing([aMessage("1"), aMessage("2", { undone: true })]).map(({ id }) => id)).toEqual(["1"]);
  });

  it("says honestly why there is no answer", () => {
    expect(problemWords("ai.budget_exceeded")).toContain("budget");
    expect(problemWords("something.else")).toContain("something.else");
  });
});
