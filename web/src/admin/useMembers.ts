import type { Member, Page } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";

export function useMembers(withRemoved = false) {
  const path = `/api/v1/members${withRemoved ? "?removed=true" : ""}`;
  return useResource(path, (signal) => getJson<Page<Member>>(path, signal));
}
