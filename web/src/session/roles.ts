import type { Role } from "../server/resources";

const writers: readonly Role[] = ["owner", "admin", "editor"];

/** What to offer. What is allowed the server decides, each time. */
export function mayWriteDocuments(role: Role): boolean {
  return writers.includes(role);
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

export const ROLES: readonly Role[] = ["owner", "admin", "editor", "viewer", "auditor"];

const abouts: Record<Role, string> = {
  owner: "Everything, and the last one cannot leave",
  admin: "Everything but being the last owner",
  editor: "Writes, suggests, shares and asks the AI",
  viewer: "Reads",
  auditor: "Reads documents, usage, settings and the record",
};

export function roleAbout(role: Role): string {
  return abouts[role];
}
