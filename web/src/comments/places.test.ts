import { describe, expect, it } from "vitest";
import * as Y from "yjs";

import { anchorOf, spansOf } from "./places";
import type { Thread } from "./threads";

const isLeaf = (name: string) => name === "hardBreak";

function aDocument(...paragraphs: string[]): { doc: Y.Doc; fragment: Y.XmlFragment } {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const fragment = doc.getXmlFragment("default");
  for (const words of paragraphs) {
    const [paragraph, text] = [new Y.XmlElement("paragraph"), new Y.XmlText()];
    fragment.push([paragraph]);
    paragraph.push([text]);
    text.insert(0, words);
  }
  return { doc, fragment };
}

function textIn(fragment: Y.XmlFragment, block: number): Y.XmlText {
  return (fragment.get(block) as Y.XmlElement).get(0) as Y.XmlText;
}

/** A thread about what stands between two positions. */
function about(fragment: Y.XmlFragment, from: number, to: number): Thread {
  const anchor = anchorOf(fragment, isLeaf, { from, to }, "");
  const [first, last] = [anchor?.rel_from, anchor?.rel_to].map((one) =>
    Y.decodeRelativePosition(Uint8Array.from(atob(one ?? ""), (letter) => letter.charCodeAt(0))).item,
  );
  return { id: "t", anchor: { ids: [[first?.client ?? 0, [[first?.clock ?? 0, (last?.clock ?? 0) + 1]]]] } } as unknown as Thread;
}

describe("places of comments", () => {
  it("are found again where they were", () => {
    const { fragment } = aDocument("Hello world");

    expect(spansOf(fragment, isLeaf, [about(fragment, 7, 12)])).toEqual(new Map([["t", { from: 7, to: 12 }]]));
  });

  it("move with the text, take in what is typed inside, and shrink to what is left", () => {
    const { fragment } = aDocument("Hello world", "Second");
    const thread = about(fragment, 7, 12);
    textIn(fragment, 0).insert(0, ">> ");
    textIn(fragment, 0).insert(11, "--");
    expect(spansOf(fragment, isLeaf, [thread]).get("t")).toEqual({ from: 10, to: 17 });

    textIn(fragment, 0).delete(9, 2);
    expect(spansOf(fragment, isLeaf, [thread]).get("t")).toEqual({ from: 12, to: 15 });
    fragment.delete(0, 1);
    expect(spansOf(fragment, isLeaf, [thread]).size).toBe(0);
  });

  it("have no anchor where no text is", () => {
    const { fragment } = aDocument("", "Second");

    expect(anchorOf(fragment, isLeaf, { from: 0, to: 2 }, "")).toBeNull();
    expect(anchorOf(fragment, isLeaf, { from: 0, to: 4 }, "S")).not.toBeNull();
  });
});
