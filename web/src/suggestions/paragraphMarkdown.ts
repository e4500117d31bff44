import type { Mark, Node } from "@tiptap/pm/model";

const WRAPS: Record<string, string> = { bold: "**", italic: "*", strike: "~~", code: "`" };

/** A heading or paragraph as Markdown, to be edited; null for blocks that cannot be retyped in a line. */
export function paragraphMarkdown(block: Node): string | null {
  if (block.type.name !== "paragraph" && block.type.name !== "heading") return null;
  let text = block.type.name === "heading" ? `${"#".repeat(Number(block.attrs["level"]))} ` : "";
  block.forEach((inline) => {
    text += inline.isText ? marked(inline.text ?? "", inline.marks) : inline.type.name === "hardBreak" ? "\\\n" : "";
  });
  return text;
}

function marked(text: string, marks: readonly Mark[]): string {
  const wrapped = marks.reduce((held, mark) => {
    const wrap = WRAPS[mark.type.name] ?? "";
    return `${wrap}${held}${wrap}`;
  }, text);
  const link = marks.find((mark) => mark.type.name === "link");
  return link === undefined ? wrapped : `[${wrapped}](${String(link.attrs["href"])})`;
}
