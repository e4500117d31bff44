export interface KeyFigure {
  purpose: string | null;
  requests: number;
  error_share: number;
  refused_share: number;
  fallback_share: number;
  degraded_share: number;
  cached_share: number;
  cost_micros_per_call: number;
  latency_p95_milliseconds: number | null;
  ratings: number;
  rating_mean: number | null;
  accuracy: number | null;
  accuracy_examples: number;
  confidence: number[];
}

/** A share that is not nothing never reads as nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
