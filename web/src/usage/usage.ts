export const GROUPS = [
  { value: "day", label: "Day" },
  { value: "member", label: "Member" },
  { value: "model", label: "Model" },
  { value: "document", label: "Document" },
  { value: "purpose", label: "Purpose" },
] as const;

export type Group = (typeof GROUPS)[number]["value"];
export type Keys = Record<string, string | null>;

export interface UsageRow {
  keys: Keys;
  labels: Keys;
  requests: number;
  input_tokens: number;
  output_tokens: number;
  cost_micros: number;
}

export interface UsageReport {
  from: string;
  to: string;
  rows: UsageRow[];
  total_micros: number;
  currency: string;
  complete: boolean;
  as_of: string;
}

export type BudgetScope = "member_day" | "key_day" | "tenant_day" | "tenant_month";

export interface Budget {
  scope: BudgetScope;
  limit_micros: number;
  spent_micros: number;
  forgiven_micros: number;
  reserved_micros: number;
  remaining_micros: number;
  resets_at: string;
  binding: boolean;
  set_by: "default" | "platform" | "tenant" | "member" | "plan";
  version: number;
}

const BUDGET_WORDS: Record<BudgetScope, string> = {
  member_day: "You, today",
  key_day: "This key, today",
  tenant_day: "Everybody, today",
  tenant_month: "Everybody, this month",
};

export function budgetWords(scope: BudgetScope): string {
  return BUDGET_WORDS[scope];
}

/** What a budget's parts take of its limit; a limit of nothing is full. */
export function budgetShares({ limit_micros: limit, spent_micros, forgiven_micros, reserved_micros: reserved }: Budget) {
  if (limit <= 0) return { spent: 1, reserved: 0 };
  const spent = spent_micros - forgiven_micros;
  return { spent: Math.min(1, spent / limit), reserved: Math.min(1, reserved / limit) };
}

export interface Totals {
  requests: number;
  input_tokens: number;
  output_tokens: number;
  cost_micros: number;
}

export function totals(rows: readonly UsageRow[]): Totals {
  return rows.reduce<Totals>(
    (sum, row) => ({
      requests: sum.requests + row.requests,
      input_tokens: sum.input_tokens + row.input_tokens,
      output_tokens: sum.output_tokens + row.output_tokens,
      cost_micros: sum.cost_micros + row.cost_micros,
    }),
    { requests: 0, input_tokens: 0, output_tokens: 0, cost_micros: 0 },
  );
}

/** Whole days back from `now`, as the server counts them: from midnight UTC. */
export function since(now: Date, days: number): string {
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  return new Date(midnight - (days - 1) * 24 * 3_600_000).toISOString();
}

/** What a row is about: its name where there is one, else its key. */
export function rowName(group: Group, { keys, labels }: Pick<UsageRow, "keys" | "labels">): string {
  const name = labels[group] ?? keys[group] ?? null;
  // A document that the reader may not read has no name here either.
  if (name === null || name === "") return group === "document" ? "No document, or one not shared with you" : "Unknown";
  if (group !== "day") return name;
  return new Date(name).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "long", timeZone: "UTC" });
}
