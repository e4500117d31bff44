import { getSchema } from "@tiptap/core";
import { describe, expect, it } from "vitest";

import { documentSchema } from "../editor/schema";
import { paragraphMarkdown } from "./paragraphMarkdown";

const schema = getSchema(documentSchema);

function aBlock(json: object): string | null {
  return paragraphMarkdown(schema.nodeFromJSON(json));
}

describe("a block that somebody wants to suggest a change to", () => {
  it("keeps what it is, and what is bold or a link in it", () => {
    expect(aBlock({ type: "heading", attrs: { level: 2 }, content: [{ type: "text", text: "Plan" }] })).toBe("## Plan");
    expect(
      aBlock({
        type: "paragraph",
        content: [
          { type: "text", text: "See " },
          { type: "text", text: "it", marks: [{ type: "bold" }, { type: "link", attrs: { href: "https://acme.example" } }] },
        ],
      }),
    ).toBe("See [**it**](https://acme.example)");
  });

  it("is not retyped when it is a list, a table or code", () => {
    expect(aBlock({ type: "codeBlock", content: [{ type: "text", text: "x" }] })).toBeNull();
    expect(aBlock({ type: "horizontalRule" })).toBeNull();
  });
});
