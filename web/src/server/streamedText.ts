/** What is held with `text` from `start` on; the server counts code points, and may tell a piece again. */
export function spliced(held: string, start: number, text: string): string {
  return Array.from(held).slice(0, Math.max(0, start)).join("") + text;
}

export function codePoints(text: string): number {
  return Array.from(text).length;
}
