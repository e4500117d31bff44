import type { Role } from "../server/resources";

const writers: readonly Role[] = ["owner", "admin", "editor"];
const overseers: readonly Role[] = ["owner", "admin", "auditor"];

/** What to offer. What is allowed the server decides, each time. */
export function mayWriteDocuments(role: Role): boolean {
  return writers.includes(role);
}

export function mayReadMembers(role: Role): boolean {
  return overseers.includes(role);
}

export function mayReadAudit(role: Role): boolean {
  return overseers.includes(role);
}

const words: Record<Role, string> = {
  owner: "Owner",
  admin: "Administrator",
  editor: "Editor",
  viewer: "Viewer",
  auditor: "Auditor",
};

export function roleWords(role: Role): string {
  return words[role];
}
