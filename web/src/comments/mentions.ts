import type { Person } from "../server/resources";
import type { Mentioned } from "./threads";

const TOKEN = /<@([0-9a-f-]{36})>/gi;

/** A stretch of words, or somebody who is named in them. */
export type Part = { text: string } | { name: string; id: string };

/** What stands in a comment, people by their names. */
export function partsOf(body: string, mentions: readonly Mentioned[]): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const match of body.matchAll(TOKEN)) {
    const id = (match[1] ?? "").toLowerCase();
    const named = mentions.find(({ member_id }) => member_id === id);
    if (named === undefined) continue;
    if (match.index > done) parts.push({ text: body.slice(done, match.index) });
    parts.push({ name: named.name ?? "somebody", id });
    done = match.index + match[0].length;
  }
  if (done < body.length) parts.push({ text: body.slice(done) });
  return parts;
}

/** As somebody types it: `@Name` for each token. */
export function written(body: string, mentions: readonly Mentioned[]): string {
  return partsOf(body, mentions)
    .map((part) => ("text" in part ? part.text : `@${part.name}`))
    .join("");
}

/** As it is sent: the token for each `@Name` of those who were picked, longer names first. */
export function sent(text: string, picked: readonly Person[]): string {
  return [...picked]
    .sort((one, other) => other.name.length - one.name.length)
    .reduce((body, { id, name }) => body.replaceAll(wholeName(name), () => `<@${id}>`), text);
}

/** A name that is the beginning of a longer word names nobody. */
function wholeName(name: string): RegExp {
  return new RegExp(`@${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "gu");
}

/** What is being typed after an @, and where that begins; null when nothing is. */
export function typedName(text: string, caret: number): { start: number; query: string } | null {
  const before = text.slice(0, caret);
  const start = before.lastIndexOf("@");
  if (start < 0 || /[\p{L}\p{N}]/u.test(before.charAt(start - 1))) return null;
  const query = before.slice(start + 1);
  return /^[^\n@]{0,40}$/u.test(query) && !/\s{2}|\s$/.test(query) ? { start, query } : null;
}

const OFFERED_MAX = 6;

/** Who could be meant: a word of the name begins with what was typed. */
export function offered(people: readonly Person[], query: string): Person[] {
  const wanted = query.toLowerCase();
  return people
    .filter(({ name }) => ` ${name.toLowerCase()}`.includes(` ${wanted}`))
    .slice(0, OFFERED_MAX);
}

/** The text with a name put where the query stood, and where the caret goes. */
export function withName(text: string, start: number, caret: number, name: string): { text: string; caret: number } {
  const put = `@${name} `;
  return { text: text.slice(0, start) + put + text.slice(caret).replace(/^ /, ""), caret: start + put.length };
}
