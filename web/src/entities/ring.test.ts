import { describe, expect, it } from "vitest";

import type { EntityDetails, Relation } from "./entities";
import { ring } from "./ring";

const colophon = { id: "c", name: "Colophon", kind: "term" };
const ana = { id: "a", name: "Ana", kind: "name" };

function said(predicate: string, subject = ana, object = colophon): Relation {
  return { predicate, direction: subject.id === "c" ? "out" : "in", subject, object, confidence: 1, evidence: [] };
}

function around(...relations: Relation[]): EntityDetails {
  return { ...colophon, aliases: [], mentions: [], relations };
}

describe("what stands around a thing", () => {
  it("is each neighbour once, with all that is said", () => {
    const shown = ring(around(said("works_on"), said("wrote")));

    expect(shown).toMatchObject([{ id: "a", says: "works on, wrote" }]);
  });

  it("is never the thing itself, and never too much to read", () => {
    const many = Array.from({ length: 30 }, (_, n) => said("names", { ...ana, id: `n${n}` }));

    expect(ring(around(said("is", colophon, colophon)))).toEqual([]);
    expect(ring(around(...many))).toHaveLength(10);
  });
});
