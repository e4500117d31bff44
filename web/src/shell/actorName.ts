import type { Actor } from "../server/resources";

const namelessKinds: Record<string, string> = {
  member: "Erased member",
  key: "An API key",
  operator: "Operator",
  system: "Colophon",
};

export function actorName({ kind, name }: Actor): string {
  if (name === null || name === "") return namelessKinds[kind] ?? "Unknown";
  return kind === "key" ? `${name} (API key)` : name;
}
