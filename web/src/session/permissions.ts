import { useSession } from "./SessionContext";

/** What to offer. What is allowed the server decides, each time. */
export function usePermission(permission: string): boolean {
  return useSession().permissions.includes(permission);
}

/** Whether a part of Colophon is switched on for this person. */
export function useFeature(key: string): boolean {
  const { features } = useSession();
  return features[key] === true && features["ai.enabled"] === true;
}
