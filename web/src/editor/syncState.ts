/** What the connection knows; the words shown are derived from it and from nothing else. */
export interface SyncFacts {
  isConnected: boolean;
  hasSynced: boolean;
  unsaved: number;
  mayWrite: boolean;
  refusal: string | null;
  closed: { code: number; reason: string } | null;
  /** WebSockets do not get through, and requests carry everything. */
  isSlower: boolean;
}

export type SyncState = SyncKind & { isSlower?: true };

type SyncKind =
  | { kind: "opening" }
  | { kind: "saved" }
  | { kind: "saving"; unsaved: number }
  | { kind: "offline"; unsaved: number }
  | { kind: "readOnly"; isConnected: boolean }
  | { kind: "refused"; unsaved: number; reason: string }
  | { kind: "closed"; unsaved: number; code: number; reason: string };

export function syncState(facts: SyncFacts): SyncState {
  const kind = kindOf(facts);
  return facts.isSlower && facts.isConnected ? { ...kind, isSlower: true } : kind;
}

function kindOf(facts: SyncFacts): SyncKind {
  const { unsaved } = facts;
  if (facts.closed !== null) return { kind: "closed", unsaved, ...facts.closed };
  if (facts.refusal !== null && unsaved > 0) return { kind: "refused", unsaved, reason: facts.refusal };
  if (!facts.hasSynced) return { kind: "opening" };
  if (!facts.mayWrite && unsaved === 0) return { kind: "readOnly", isConnected: facts.isConnected };
  if (!facts.isConnected) return { kind: "offline", unsaved };
  return unsaved > 0 ? { kind: "saving", unsaved } : { kind: "saved" };
}

function edits(count: number): string {
  return count === 1 ? "1 unsent edit" : `${count} unsent edits`;
}

export function syncWords(state: SyncState): string {
  switch (state.kind) {
    case "opening":
      return "Connecting…";
    case "saved":
      return "Saved";
    case "saving":
      return "Saving…";
    case "offline":
      return state.unsaved === 0 ? "Offline" : `Offline - ${edits(state.unsaved)}`;
    case "readOnly":
      return state.isConnected ? "Read only" : "Read only - offline";
    case "refused":
      return `Not saved - ${edits(state.unsaved)} refused`.replace("unsent ", "");
    case "closed":
      return state.unsaved === 0 ? "Disconnected" : `Disconnected - ${edits(state.unsaved)}`;
  }
}

/** The longer sentence, for the tooltip and the live announcer. */
export function syncExplanation(state: SyncState): string {
  const slower = state.isSlower ? " This network blocks WebSockets, so a slower way is used." : "";
  return explanation(state) + slower;
}

function explanation(state: SyncState): string {
  switch (state.kind) {
    case "opening":
      return "Connecting to the document.";
    case "saved":
      return "Every edit is stored by the server.";
    case "saving":
      return "Waiting until the server has stored your latest edits.";
    case "offline":
      return state.unsaved === 0
        ? "The connection is lost. You can keep writing; edits are sent when it is back."
        : "The connection is lost. Keep this tab open: your edits are sent when it is back.";
    case "readOnly":
      return "You can read this document. Changes by others appear as they are made.";
    case "refused":
      return `The server did not take your latest edits${state.reason === "" ? "." : `: ${state.reason}`} Copy what you need.`;
    case "closed":
      return closedExplanation(state.code);
  }
}

function closedExplanation(code: number): string {
  switch (code) {
    case 4401:
      return "You are signed out. Sign in again to go on.";
    case 4403:
      return "You no longer have access to this document.";
    case 4404:
      return "This document does not exist any more.";
    case 4409:
      return "This document was archived and no longer takes edits.";
    case 4413:
      return "An edit was too large for the server. Reload to continue from the stored text.";
    case 4422:
      return "Somebody else has used this tab's identity, so your latest edits were not stored. Copy what you need, then reload.";
    default:
      return "The server closed the connection for good. Reload to try again.";
  }
}

/** Typing is only invited where it has a way to be saved. */
export function takesEdits(state: SyncState): boolean {
  return state.kind === "saved" || state.kind === "saving" || state.kind === "offline";
}

/** True while leaving the page would lose something. */
export function wouldLose(state: SyncState): boolean {
  return "unsaved" in state && state.unsaved > 0;
}
