export type Access = "read" | "suggest" | "write";

export interface Share {
  member_id: string;
  access: Access;
}

export interface Sharing {
  sharing: "tenant" | "restricted";
  people: Share[];
  restricted_by: string | null;
  version: number;
  viewer_can: string[];
}

export const ACCESSES: { value: Access; label: string }[] = [
  { value: "read", label: "can read" },
  { value: "suggest", label: "can suggest" },
  { value: "write", label: "can write" },
];

/** With one person's access changed, added or taken away. */
export function withShare(people: readonly Share[], member_id: string, access: Access | null): Share[] {
  const others = people.filter((share) => share.member_id !== member_id);
  if (access === null) return others;
  const known = people.findIndex((share) => share.member_id === member_id);
  return known < 0 ? [...others, { member_id, access }] : people.with(known, { member_id, access });
}
