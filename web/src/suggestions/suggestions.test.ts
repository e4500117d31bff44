import { describe, expect, it } from "vitest";

import { type Hunk, hunkWords, NOTHING_TOLD, pendingHunks, type Suggestion, withDelta, withSuggestion } from "./suggestions";

function aHunk(differences: Partial<Hunk> = {}): Hunk {
  return { index: 0, kind: "replace", block_from: 1, block_to: 2, quote: "old", deleted: "old", inserted: "new", state: "open", ...differences };
}

function aSuggestion(differences: Partial<Suggestion> = {}): Suggestion {
  return {
    id: "s", document_id: "d", state: "open", author: { kind: "system", id: null, name: null }, origin: "ai", rationale: null,
    generation: null, hunks: [aHunk()], created_at: "2026-11-21T00:00:00Z", decided_by: null, decided_at: null, ...differences,
  };
}

describe("what is told of suggestions", () => {
  it("grows while one is written, not twice by the same piece, and ends with the whole", () => {
    const begun = withSuggestion(NOTHING_TOLD, aSuggestion({ state: "streaming", hunks: [aHunk({ inserted: "" })] }));
    const told = [
      { suggestion_id: "s", seq: 0, text: "Once " },
      { suggestion_id: "s", seq: 1, text: "upon" },
      { suggestion_id: "s", seq: 1, text: "upon" },
    ].reduce(withDelta, begun);

    expect(pendingHunks(told)).toMatchObject([{ inserted: "Once upon", isStreaming: true }]);
    expect(pendingHunks(withSuggestion(told, aSuggestion()))).toMatchObject([{ inserted: "new", isStreaming: false }]);
  });

  it("has nothing left to decide when all is decided", () => {
    const half = aSuggestion({ state: "partly_accepted", hunks: [aHunk({ state: "accepted" }), aHunk({ index: 1 })] });

    expect(pendingHunks(withSuggestion(NOTHING_TOLD, half)).map(({ key }) => key)).toEqual(["s:1"]);
    for (const state of ["accepted", "rejected", "outdated", "withdrawn"] as const) {
      expect(pendingHunks(withSuggestion(NOTHING_TOLD, aSuggestion({ state })))).toEqual([]);
    }
  });
});

describe("a hunk in a line", () => {
  it("says what it does, shortened", () => {
    expect(hunkWords(aHunk({ kind: "delete" }))).toBe("removes “old”");
    expect(hunkWords(aHunk({ inserted: "x\n".repeat(200) })).length).toBeLessThan(110);
  });
});
