import { describe, expect, it } from "vitest";

import { type SyncFacts, syncExplanation, syncState, syncWords, takesEdits, wouldLose } from "./syncState";

const CONNECTED: SyncFacts = {
  isConnected: true,
  hasSynced: true,
  unsaved: 0,
  mayWrite: true,
  refusal: null,
  closed: null,
  isSlower: false,
};

function words(news: Partial<SyncFacts>): string {
  return syncWords(syncState({ ...CONNECTED, ...news }));
}

describe("the words about what is saved", () => {
  it("says saved only while connected with nothing outstanding", () => {
    expect(words({})).toBe("Saved");
    expect(words({ unsaved: 1 })).toBe("Saving…");
    expect(words({ isConnected: false })).toBe("Offline");
  });

  it("counts what has not been sent while offline", () => {
    expect(words({ isConnected: false, unsaved: 1 })).toBe("Offline - 1 unsent edit");
    expect(words({ isConnected: false, unsaved: 12 })).toBe("Offline - 12 unsent edits");
  });

  it("says nothing about saving before the document has arrived", () => {
    expect(words({ hasSynced: false, isConnected: false })).toBe("Connecting…");
  });

  it("tells a viewer that the document is read only", () => {
    expect(words({ mayWrite: false })).toBe("Read only");
    expect(words({ mayWrite: false, isConnected: false })).toBe("Read only - offline");
  });

  it("does not hide edits that were refused behind read only", () => {
    expect(words({ mayWrite: false, unsaved: 2, refusal: "viewer" })).toBe("Not saved - 2 edits refused");
  });

  it("tells of the slower way in the explanation only, and only while it is used", () => {
    const slower = syncState({ ...CONNECTED, isSlower: true });
    expect(syncWords(slower)).toBe("Saved");
    expect(syncExplanation(slower)).toContain("slower way");
    expect(syncExplanation(syncState({ ...CONNECTED, isSlower: true, isConnected: false }))).not.toContain("slower way");
  });

  it("keeps counting when the server has closed the connection for good", () => {
    expect(words({ isConnected: false, unsaved: 3, closed: { code: 4401, reason: "" } })).toBe(
      "Disconnected - 3 unsent edits",
    );
  });
});

describe("leaving and typing", () => {
  it("loses something exactly while edits are unsaved", () => {
    expect(wouldLose(syncState(CONNECTED))).toBe(false);
    expect(wouldLose(syncState({ ...CONNECTED, unsaved: 1 }))).toBe(true);
    expect(wouldLose(syncState({ ...CONNECTED, isConnected: false, unsaved: 1 }))).toBe(true);
    expect(wouldLose(syncState({ ...CONNECTED, unsaved: 1, closed: { code: 4403, reason: "" } }))).toBe(true);
  });

  it("takes no edit that could never be saved", () => {
    expect(takesEdits(syncState({ ...CONNECTED, isConnected: false }))).toBe(true);
    expect(takesEdits(syncState({ ...CONNECTED, mayWrite: false }))).toBe(false);
    expect(takesEdits(syncState({ ...CONNECTED, unsaved: 1, refusal: "no" }))).toBe(false);
    expect(takesEdits(syncState({ ...CONNECTED, closed: { code: 4404, reason: "" } }))).toBe(false);
  });
});
