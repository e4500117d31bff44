import type { Actor } from "../server/resources";

export interface AuditEntry {
  position: number;
  at: string;
  actor: Actor;
  action: string;
  category: string;
  subject: { kind: string; id: string } | null;
  outcome: "done" | "failed" | "refused";
  facts: Record<string, unknown>;
  event_id: string;
  leaf_hash: string;
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: string;
  note: string;
  signed_at: string;
  public_key: string;
}

/** What the list shows is what a report exports: one filter for both. */
export interface AuditFilter {
  from?: string;
  to?: string;
  actor?: string;
  action?: string;
  subject?: string;
  text?: string;
}

export interface Report {
  id: string;
  state: "queued" | "ready" | "failed" | "expired";
  from: string | null;
  to: string | null;
  filter: Record<string, string> | null;
  entry_count: number | null;
  root_hash: string | null;
  requested_by: Actor | null;
  requested_at: string;
  error: { code?: string; message?: string } | string | null;
}

export interface Erasure {
  /** Of what is erased. */
  id: string;
  scope: "document" | "subject";
  state: string;
  reason: string;
  requested_by: Actor;
  requested_at: string;
  keys_destroyed: number | null;
  payloads_deleted: number | null;
}

/** A day as it is chosen, as the moment when it begins here; `to` includes its day. */
export function moments({ from, to, ...rest }: AuditFilter): AuditFilter {
  return {
    ...rest,
    ...(from === undefined ? {} : { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(to === undefined ? {} : { to: nextDay(to).toISOString() }),
  };
}

function nextDay(day: string): Date {
  const begins = new Date(`${day}T00:00:00`);
  begins.setDate(begins.getDate() + 1);
  return begins;
}

/** Only what is asked: an empty field is no filter. */
export function asked(filter: AuditFilter): AuditFilter {
  return Object.fromEntries(
    Object.entries(filter)
      .map(([key, value]) => [key, (value as string).trim()])
      .filter(([, value]) => value !== ""),
  );
}

const FACTS_SHOWN_MAX = 4;

/** The first facts of an entry as "key: value"; the rest stands in the report. */
export function factWords(facts: Record<string, unknown>): string[] {
  return Object.entries(facts)
    .filter(([key, value]) => !/(_id|_at|_hash)$/.test(key) && value !== null && value !== "" && typeof value !== "object")
    .slice(0, FACTS_SHOWN_MAX)
    .map(([key, value]) => `${key.replaceAll("_", " ")}: ${String(value)}`);
}
