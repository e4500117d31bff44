import { describe, expect, it } from "vitest";
import * as Y from "yjs";

import { pieces } from "./pieces";
import { IdMap } from "./provenance";

const isLeaf = (name: string) => name === "hardBreak";

function paragraph(fragment: Y.XmlFragment, text: string): Y.XmlText {
  const element = new Y.XmlElement("paragraph");
  fragment.push([element]);
  const written = new Y.XmlText(text);
  element.push([written]);
  return written;
}

describe("pieces of text", () => {
  it("stand where the editor has them, with whose they are", () => {
    const doc = new Y.Doc();
    doc.clientID = 1;
    const fragment = doc.getXmlFragment("default");
    const text = paragraph(fragment, "ab🦙d");
    paragraph(fragment, "next");
    // <paragraph> takes the id 0, its text node 1, "ab🦙d" 2 to 7.
    const idMap = new IdMap([
      { client: 1, start: 4, end: 7, by: 1 },
      { client: 1, start: 0, end: 4, by: 0 },
    ]);
    expect(text.length).toBe(5);
    expect(pieces(fragment, idMap, isLeaf, 13)).toEqual([
      { from: 1, to: 3, by: 0 },
      { from: 3, to: 6, by: 1 },
      { from: 8, to: 12, by: undefined },
    ]);
  });

  it("leave out what was deleted and count what is no text", () => {
    const doc = new Y.Doc();
    doc.clientID = 1;
    const fragment = doc.getXmlFragment("default");
    const text = paragraph(fragment, "abcdef");
    text.delete(1, 2);
    text.format(0, 2, { bold: {} });
    const parent = fragment.get(0) as Y.XmlElement;
    parent.insert(0, [new Y.XmlElement("hardBreak")]);
    const idMap = new IdMap([{ client: 1, start: 0, end: 100, by: 0 }]);
    expect(pieces(fragment, idMap, isLeaf, 7)).toEqual([{ from: 2, to: 6, by: 0 }]);
  });

  it("are not told while the editor shows another document", () => {
    const fragment = new Y.Doc().getXmlFragment("default");
    paragraph(fragment, "abc");
    expect(pieces(fragment, new IdMap([]), isLeaf, 4)).toBeUndefined();
  });
});
