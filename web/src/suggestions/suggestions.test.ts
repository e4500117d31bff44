import { describe, expect, it } from "vitest";

import type { Generation } from "./generations";
import {
  type GenerationLabel,
  type Hunk,
  hunkWords,
  NOTHING_TOLD,
  pendingHunks,
  type Suggestion,
  withDelta,
  withGeneration,
  withSuggestion,
} from "./suggestions";

const LABEL: GenerationLabel = { id: "g", kind: "draft", model: "m", template: "t", template_version: 0, cost_micros: 0, sources: [] };

function aHunk(differences: Partial<Hunk> = {}): Hunk {
  return { index: 0, kind: "replace", block_from: 1, block_to: 2, quote: "old", deleted: "old", inserted: "new", state: "open", ...differences };
}

function aSuggestion(differences: Partial<Suggestion> = {}): Suggestion {
  return {
    id: "s", document_id: "d", state: "open", author: { kind: "system", id: null, name: null }, origin: "ai", rationale: null,
    generation: null, hunks: [aHunk()], created_at: "2026-11-21T00:00:00Z", decided_by: null, decided_at: null, ...differences,
  };
}

const RUNNING = { id: "g", state: "streaming", kind: "draft", target: { block_from: 2, block_to: 2 } } as Generation;

describe("what is told of suggestions", () => {
  it("grows while a model writes, where it was asked for, not twice by the same piece", () => {
    const told = [
      { generation_id: "g", seq: 5, text: "Once " },
      { generation_id: "g", seq: 9, text: "upon" },
      { generation_id: "g", seq: 9, text: "Once upon" },
    ].reduce(withDelta, withGeneration(NOTHING_TOLD, RUNNING));

    expect(pendingHunks(told)).toMatchObject([{ inserted: "Once upon", isStreaming: true, block_from: 2 }]);
  });

  it("ends with the suggestion itself, also when a piece comes late", () => {
    const written = withDelta(NOTHING_TOLD, { generation_id: "g", seq: 4, text: "Once" });
    const made = withSuggestion(written, aSuggestion({ generation: { ...LABEL, id: "g" } }));
    const late = withDelta(made, { generation_id: "g", seq: 9, text: " upon" });

    expect(pendingHunks(late)).toMatchObject([{ inserted: "new", isStreaming: false }]);
  });

  it("ends with a generation that failed or was stopped", () => {
    const written = withDelta(NOTHING_TOLD, { generation_id: "g", seq: 4, text: "Once" });

    for (const state of ["failed", "cancelled"] as const) {
      expect(pendingHunks(withGeneration(written, { ...RUNNING, state }))).toEqual([]);
    }
  });

  it("has nothing left to decide when all is decided", () => {
    const half = aSuggestion({ state: "open", hunks: [aHunk({ state: "accepted" }), aHunk({ index: 1 })] });

    expect(pendingHunks(withSuggestion(NOTHING_TOLD, half)).map(({ key }) => key)).toEqual(["s:1"]);
    expect(pendingHunks(withSuggestion(NOTHING_TOLD, aSuggestion({ state: "withdrawn" })))).toEqual([]);
  });
});

describe("a hunk in a line", () => {
  it("says what it does, shortened", () => {
    expect(hunkWords(aHunk({ kind: "delete" }))).toBe("removes “old”");
    expect(hunkWords(aHunk({ kind: "insert" }))).toBe("adds “new”");
    expect(hunkWords(aHunk())).toBe("replaces “old” with “new”");
    expect(hunkWords(aHunk({ inserted: "x\n".repeat(200) })).length).toBeLessThan(130);
  });
});
