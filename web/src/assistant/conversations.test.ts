import { describe, expect, it } from "vitest";

import { type Message, NO_DRAFT, standing, withDelta, withMessage } from "./conversations";

function aMessage(id: string, differences: Partial<Message> = {}): Message {
  return { id, role: "user", text: id, sources: [], generation: null, at: "2026-11-21T00:00:00Z", undone: false, ...differences };
}

describe("an answer that is being written", () => {
  it("grows by its pieces, and not twice by the same one", () => {
    const pieces = [{ seq: 0, text: "Once " }, { seq: 1, text: "upon" }, { seq: 1, text: "upon" }, { seq: 0, text: "Once " }];

    expect(pieces.reduce(withDelta, NO_DRAFT).text).toBe("Once upon");
  });
});

describe("a conversation", () => {
  it("holds each message once, as it was last told", () => {
    const told = withMessage(withMessage([aMessage("1")], aMessage("2")), aMessage("1", { text: "changed" }));

    expect(told.map(({ text }) => text)).toEqual(["changed", "2"]);
  });

  it("shows no turn that was undone", () => {
    expect(standing([aMessage("1"), aMessage("2", { undone: true })]).map(({ id }) => id)).toEqual(["1"]);
  });
});
