import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import type { Budget } from "./usage";

export function useBudgets() {
  return useResource("budgets", (signal) => getJson<{ items: Budget[]; currency: string }>("/api/v1/budgets", signal));
}
