export const FILTERS = [
  { key: "model", label: "Model", type: "text", placeholder: "provider/model" },
  { key: "purpose", label: "Purpose", type: "text", placeholder: "chat" },
  { key: "endpoint", label: "Endpoint", type: "text", placeholder: "/v1/chat/completions" },
  { key: "tag", label: "Tag", type: "text", placeholder: "order=4711" },
  { key: "request_id", label: "Request", type: "text", placeholder: "Id of a request" },
  { key: "member_id", label: "Who", type: "text", placeholder: "Id of a member" },
  { key: "latency_milliseconds_min", label: "At least, in ms", type: "number", placeholder: "2000" },
  { key: "from", label: "From", type: "date", placeholder: "" },
] as const;

export type TraceFilterKey = (typeof FILTERS)[number]["key"] | "outcome";
export type TraceFilter = Partial<Record<TraceFilterKey, string>>;

export const OUTCOMES = [
  { value: "", label: "Any outcome" },
  { value: "degraded", label: "Something stood in" },
  { value: "fell_back", label: "Another model answered" },
  { value: "cached", label: "Given again" },
  { value: "failed", label: "Failed" },
  { value: "refused", label: "Refused" },
  { value: "broken", label: "Broke off" },
  { value: "length", label: "Too long" },
  { value: "blocked", label: "Stopped" },
] as const;
const FLAGS = new Set(["degraded", "fell_back", "cached"]);
const WHOLE = new Set(["failed", "refused"]);

export interface TraceLine {
  call_id: string;
  at: string;
  member_name: string | null;
  request_id: string;
  endpoint: string;
  purpose: string;
  provider: string;
  model: string;
  tags: Record<string, string>;
  outcome: string;
  code: string;
  stage: string;
  times: number;
  finish_reason: string;
  degraded: string;
  fell_back: boolean;
  cached: boolean;
  input_tokens: number;
  output_tokens: number;
  cost_micros: number;
  currency: string;
  latency_milliseconds: number;
  first_token_milliseconds: number | null;
  confidence_permille: number | null;
}

export interface TraceStep {
  kind: string;
  name: string;
  began_microseconds: number;
  took_microseconds: number;
  first_word_microseconds: number | null;
  outcome: string;
}

export interface Trace extends TraceLine {
  detail: string;
  route_reason: string;
  attempts: string[];
  steps: TraceStep[];
  tokens: Record<string, number>;
  reserved_micros: number;
  template: string;
  template_version: number;
  experiment: string;
  masked: Record<string, number>;
  findings: Record<string, number>;
  verdicts: Record<string, string>;
}

/** The question that a filter asks of the API; a tag may say its value, as in `order=4711`. */
export function questionOf(filter: TraceFilter): URLSearchParams {
  const question = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) {
    if (value === undefined || value === "") continue;
    if (key === "outcome" && WHOLE.has(value)) question.set("outcome", value);
    else if (key === "outcome") question.set(FLAGS.has(value) ? value : "finish", FLAGS.has(value) ? "true" : value);
    else if (key === "from") question.set("from", `${value}T00:00:00Z`);
    else if (key === "tag") {
      const [name = "", ...rest] = value.split("=");
      question.set("tag", name);
      if (rest.length > 0) question.set("tag_value", rest.join("="));
    } else question.set(key, value);
  }
  return question;
}

/** How a call ended, in the words that matter first. */
export function outcomeWords(trace: Pick<TraceLine, "code" | "outcome" | "times" | "finish_reason" | "degraded" | "fell_back" | "cached">): string {
  if (trace.code !== "") return `${trace.outcome}: ${trace.code}${trace.times > 1 ? `, ${trace.times} times` : ""}`;
  if (trace.cached) return "given again";
  if (trace.degraded !== "") return `stood in: ${trace.degraded}`;
  if (trace.finish_reason !== "stop" && trace.finish_reason !== "tool_calls") return trace.finish_reason;
  return trace.fell_back ? "another model" : "answered";
}

/** The model that answered or was asked last; what was asked for where none was. */
export function modelOf(trace: Pick<TraceLine, "provider" | "model">): string {
  return trace.provider === "" ? trace.model : `${trace.provider}/${trace.model}`;
}

/** Where a step lies on the line of the whole call, as shares of it. */
export function placeOf(step: TraceStep, wholeMilliseconds: number): { left: number; width: number } {
  const whole = Math.max(wholeMilliseconds * 1000, step.began_microseconds + step.took_microseconds, 1);
  return { left: step.began_microseconds / whole, width: Math.max(step.took_microseconds / whole, 0.004) };
}

export function milliseconds(micros: number): string {
  return micros < 10_000 ? `${(micros / 1000).toFixed(1)} ms` : `${Math.round(micros / 1000)} ms`;
}
