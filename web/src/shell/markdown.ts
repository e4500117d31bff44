/** The little Markdown that models write, as data: what is not understood stays the text it is. */
export type Inline = { kind: "text" | "strong" | "em" | "code"; text: string } | { kind: "cite"; number: number };

export type Block =
  | { kind: "paragraph"; inline: Inline[] }
  | { kind: "heading"; level: number; inline: Inline[] }
  | { kind: "list"; isOrdered: boolean; items: Inline[][] }
  | { kind: "code"; text: string };

const HEADING = /^(#{1,6})\s+(.*)$/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBER = /^\s*\d{1,3}[.)]\s+(.*)$/;
const FENCE = /^\s*```/;
const INLINE = /(`[^`\n]+`|\*\*[^*\n]+\*\*|(?<![\w*])\*(?=\S)[^*\n]+(?<=\S)\*(?![\w*])|\[S?\d{1,3}\])/;

export function inline(text: string): Inline[] {
  return text
    .split(INLINE)
    .filter((piece) => piece !== "")
    .map((piece) => {
      if (/^`.+`$/.test(piece)) return { kind: "code", text: piece.slice(1, -1) };
      if (/^\*\*.+\*\*$/.test(piece)) return { kind: "strong", text: piece.slice(2, -2) };
      if (/^\*.+\*$/.test(piece)) return { kind: "em", text: piece.slice(1, -1) };
      const cited = /^\[S?(\d{1,3})\]$/.exec(piece)?.[1];
      return cited === undefined ? { kind: "text", text: piece } : { kind: "cite", number: Number(cited) };
    });
}

export function blocks(markdown: string): Block[] {
  const found: Block[] = [];
  let paragraph: string[] = [];
  const endParagraph = () => {
    if (paragraph.length > 0) found.push({ kind: "paragraph", inline: inline(paragraph.join("\n")) });
    paragraph = [];
  };
  const lines = markdown.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (FENCE.test(line)) {
      endParagraph();
      const end = lines.findIndex((other, index) => index > at && FENCE.test(other));
      const last = end < 0 ? lines.length : end;
      found.push({ kind: "code", text: lines.slice(at + 1, last).join("\n") });
      at = last;
      continue;
    }
    const heading = HEADING.exec(line);
    const item = BULLET.exec(line)?.[1] ?? NUMBER.exec(line)?.[1];
    if (line.trim() === "") endParagraph();
    else if (heading !== null) {
      endParagraph();
      found.push({ kind: "heading", level: heading[1]?.length ?? 1, inline: inline(heading[2] ?? "") });
    } else if (item !== undefined) {
      endParagraph();
      addItem(found, NUMBER.test(line), inline(item));
    } else paragraph.push(line);
  }
  endParagraph();
  return found;
}

function addItem(found: Block[], isOrdered: boolean, item: Inline[]): void {
  const last = found.at(-1);
  if (last?.kind === "list" && last.isOrdered === isOrdered) last.items.push(item);
  else found.push({ kind: "list", isOrdered, items: [item] });
}
