/** White text on each of these passes 4.5:1, and neighbours stay apart for colour-blind readers. */
export const PRESENCE_COLORS = [
  "#314e94", "#9d2f2a", "#22694c", "#7b3f8c", "#8a4b08", "#0f6674", "#a02860", "#55601a", "#4b4f9f", "#6b4a3a",
] as const;

function favourite(memberId: string): number {
  let hash = 0;
  for (const character of memberId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % PRESENCE_COLORS.length;
}

function colorAt(index: number): string {
  return PRESENCE_COLORS[index % PRESENCE_COLORS.length] ?? PRESENCE_COLORS[0];
}

/** Always ours: a colour another client claims for itself could be unreadable, or not a colour. */
export function presenceColor(memberId: string): string {
  return colorAt(favourite(memberId));
}

/** Each of these people in a colour of their own while there are enough, the same on every screen. */
export function presenceColors(memberIds: Iterable<string>): Map<string, string> {
  const taken = new Set<number>();
  const colors = new Map<string, string>();
  for (const id of [...new Set(memberIds)].sort()) {
    let index = favourite(id);
    for (let tries = 0; taken.has(index) && tries < PRESENCE_COLORS.length; tries += 1) {
      index = (index + 1) % PRESENCE_COLORS.length;
    }
    taken.add(index);
    colors.set(id, colorAt(index));
  }
  return colors;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0]?.[0] ?? "?";
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? "") : "";
  return (first + last).toUpperCase();
}
