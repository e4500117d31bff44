import { getSchema } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { describe, expect, it } from "vitest";

import { documentSchema } from "../editor/schema";
import { placeOfBlock, quoteOf } from "./suggestedBlock";

const schema = getSchema(documentSchema);

function paragraph(text: string, marks: { type: string }[] = []): Node {
  return schema.nodeFromJSON({ type: "paragraph", content: [{ type: "text", text, marks }] });
}

function doc(...blocks: Node[]): Node {
  return schema.node("doc", null, blocks);
}

describe("the block that a change is suggested for", () => {
  it("is where it stands when the suggestion is sent, also among equal ones", () => {
    const [same, wanted] = [paragraph("Same."), paragraph("Same.")];
    expect(placeOfBlock(doc(paragraph("New."), same, wanted), wanted)).toBe(2);
    expect(placeOfBlock(doc(paragraph("New."), paragraph("Same.")), wanted)).toBe(1);
  });

  it("is nowhere once it was changed, removed or cannot be told from another", () => {
    expect(placeOfBlock(doc(paragraph("Changed.")), paragraph("Same."))).toBeNull();
    expect(placeOfBlock(doc(paragraph("Same."), paragraph("Same.")), paragraph("Same."))).toBeNull();
  });

  it("is quoted when its Markdown is its text", () => {
    expect(quoteOf(paragraph("The calibration takes about four weeks."))).toBe("The calibration takes about four weeks.");
    for (const text of ["a*b", "1. one", "snake_case", "- x", "", "Ends with a space "]) {
      expect(quoteOf(text === "" ? schema.node("paragraph") : paragraph(text))).toBeUndefined();
    }
    expect(quoteOf(paragraph("bold", [{ type: "bold" }]))).toBeUndefined();
  });
});
