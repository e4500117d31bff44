import { getSchema } from "@tiptap/core";
import { Node } from "@tiptap/pm/model";
import { describe, expect, it } from "vitest";

import { documentSchema } from "../editor/schema";
import { positionOf } from "./positions";

const schema = getSchema(documentSchema);

function text(words: string) {
  return { type: "text", text: words };
}

function paragraph(...content: object[]) {
  return { type: "paragraph", content };
}

const DOC = Node.fromJSON(schema, {
  type: "doc",
  content: [
    paragraph(text("One 🙂 two")),
    { type: "bulletList", content: [paragraph(text("a")), paragraph(text("bc"))].map((item) => ({ type: "listItem", content: [item] })) },
    paragraph(text("up"), { type: "hardBreak" }, text("down")),
    { type: "horizontalRule" },
  ],
});

/** The letter behind a place. */
function letterAt(block: number, offset: number): string {
  const at = positionOf(DOC, block, offset) ?? Number.NaN;
  return DOC.textBetween(at, at + 2).trim();
}

describe("a place of the API in the editor", () => {
  it("counts code points, the lines of a list and hard breaks", () => {
    expect(letterAt(0, 4)).toBe("🙂");
    expect(letterAt(0, 6)).toBe("tw");
    expect(letterAt(1, 2)).toBe("bc");
    expect(letterAt(2, 3)).toBe("do");
  });

  it("knows the end of a block and nothing behind it", () => {
    expect(positionOf(DOC, 0, 9)).toBe(DOC.child(0).nodeSize - 1);
    expect(positionOf(DOC, 0, 10)).toBeNull();
    expect(positionOf(DOC, 3, 0)).toBeNull();
    expect(positionOf(DOC, 9, 0)).toBeNull();
  });
});
