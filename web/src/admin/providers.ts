export type Circuit = "closed" | "open" | "half_open" | "cooling";

export interface Drain {
  model: string;
  by: "platform" | "tenant";
  reason: string;
  since: string | null;
  actor: { kind: string; name: string | null } | null;
}

export interface Rates {
  input_micros: number;
  output_micros: number;
  currency: string;
  assumed: boolean;
}

export interface Provider {
  id: string;
  provider: string;
  model: string;
  state: "healthy" | "open" | "disabled";
  circuit: Circuit;
  last_failure: string | null;
  last_error_at: string | null;
  p95_latency_milliseconds: number | null;
  p95_first_token_milliseconds: number | null;
  capabilities: { tools: boolean; structure: boolean } | null;
  rates: Rates | null;
  drained: boolean;
  drained_by: Drain[];
  offline: boolean;
  what_it_is: string;
}

const CIRCUITS: Record<Circuit, string> = {
  closed: "Healthy",
  open: "Failing, rests",
  half_open: "Is tried again",
  cooling: "Wants a pause",
};

/** What the badge says: being out of service comes before everything that the model itself does. */
export function stateWords(provider: Pick<Provider, "state" | "circuit" | "drained">): string {
  if (provider.drained) return "Out of service";
  return provider.state === "disabled" ? "Not set up" : CIRCUITS[provider.circuit];
}

/** Whether the tenant itself has taken this very model out: only that can be taken back here. */
export function ownDrain(provider: Pick<Provider, "id" | "drained_by">): Drain | undefined {
  return provider.drained_by.find(({ model, by }) => by === "tenant" && model === provider.id);
}

export function drainWords({ by, model, reason }: Drain): string {
  const what = model.endsWith("/*") ? "The whole account is out of service" : "Taken out of service";
  return by === "platform" ? `${what} by the platform.` : `${what}: ${reason}`;
}

/** What a million tokens cost, read and written. */
export function priceWords(rates: Rates | null): string {
  if (rates === null) return "Unknown";
  const amount = (micros: number) =>
    (micros / 1_000_000).toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
  return `${amount(rates.input_micros)} / ${amount(rates.output_micros)} ${rates.currency}${rates.assumed ? ", assumed" : ""}`;
}
