/** White text on each of these passes 4.5:1, and neighbours stay apart for colour-blind readers. */
export const PRESENCE_COLORS = [
  "#314e94", "#9d2f2a", "#22694c", "#7b3f8c", "#8a4b08", "#0f6674", "#a02860", "#55601a", "#4b4f9f", "#6b4a3a",
] as const;

/** Always ours: a colour another client claims for itself could be unreadable, or not a colour. */
export function presenceColor(memberId: string): string {
  let hash = 0;
  for (const character of memberId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return PRESENCE_COLORS[hash % PRESENCE_COLORS.length] ?? PRESENCE_COLORS[0];
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0]?.[0] ?? "?";
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? "") : "";
  return (first + last).toUpperCase();
}
