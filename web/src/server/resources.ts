/** The shapes the REST API answers with, in its own words. */

export type Role = "owner" | "admin" | "editor" | "viewer" | "auditor";

export interface Person {
  id: string;
  name: string;
}

/** Whoever or whatever did something; the name is null once a person was erased. */
export interface Actor {
  kind: string;
  id: string | null;
  name: string | null;
}

export interface Session {
  member: Person & { email: string; role: Role };
  tenant: { id: string; slug: string; name: string };
  permissions: string[];
  features: Record<string, boolean>;
  csrf_token: string;
}

/** Text that stands in a document, at a position of the log: what an answer or a finding rests on. */
export interface Citation {
  /** Its number in the answer, [S1]; a finding has none. */
  number?: number;
  document_id: string;
  title: string;
  heading?: string;
  position: number;
  block_from: number;
  block_to: number;
  start: number;
  end: number;
  text?: string;
  quote?: string;
  found_by?: string[];
  highlights?: [number, number][];
}

export interface DocumentSummary {
  id: string;
  title: string;
  body: "rich" | "plain";
  version: number;
  status: "draft" | "archived";
  created_at: string;
  updated_at: string;
  created_by: Actor;
  updated_by: Actor;
}

export interface DocumentDetails extends DocumentSummary {
  viewer_can: string[];
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Revision {
  number: number;
  kind: "created" | "edited" | "content_restored" | "undone" | "redone" | "reverted" | "renamed" | "archived" | "restored";
  position_from: number;
  position_to: number;
  started_at: string;
  ended_at: string;
  edits: number;
  author: Actor;
  title: string | null;
}

export interface Member extends Person {
  email: string;
  role: Role;
  status: "active" | "invited" | "removed";
  added_at: string;
  joined_at: string | null;
  invitation_id: string | null;
  expires_at: string | null;
}

export interface RecordedEvent {
  position: number;
  event_id: string;
  name: string;
  stream_id: string;
  stream_version: number;
  actor: Actor;
  occurred_at: string;
  recorded_at: string;
  leaf_hash: string;
}

export interface EventPage {
  items: RecordedEvent[];
  next_after: number | null;
}
