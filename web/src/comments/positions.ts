import type { Node } from "@tiptap/pm/model";

/**
 * Where in the editor a place of the API is: an offset in code points of the text of a top-level block, whose text
 * blocks are lines of it and whose hard breaks are line ends. Null when there is no such place.
 */
export function positionOf(doc: Node, block: number, offset: number): number | null {
  const top = doc.maybeChild(block);
  if (top === null) return null;
  let before = 0;
  for (let index = 0; index < block; index += 1) before += doc.child(index).nodeSize;
  let left = offset;
  let found: number | null = null;
  let isFirst = true;
  const textBlock = (node: Node, start: number) => {
    if (found !== null) return;
    if (!isFirst) left -= 1;
    isFirst = false;
    let at = start;
    node.forEach((child) => {
      if (found !== null) return;
      const letters = child.isText ? [...(child.text ?? "")] : child.type.name === "hardBreak" ? ["\n"] : [];
      if (left <= letters.length && (child.isText || left === 0)) {
        found = at + letters.slice(0, left).join("").length;
        return;
      }
      left -= letters.length;
      at += child.nodeSize;
    });
    if (found === null && left === 0) found = at;
  };
  if (top.isTextblock) textBlock(top, before + 1);
  else {
    top.descendants((node, position) => {
      if (node.isTextblock) textBlock(node, before + 1 + position + 1);
      return !node.isTextblock;
    });
  }
  return found;
}
