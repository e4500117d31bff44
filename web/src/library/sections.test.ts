import { describe, expect, it } from "vitest";

import type { DocumentSummary } from "../server/resources";
import { inSections } from "./sections";

const NOON = new Date(2026, 10, 18, 12, 0, 0);

function aDocument(title: string, daysAgo: number): DocumentSummary {
  const updated = new Date(2026, 10, 18 - daysAgo, 9, 0, 0).toISOString();
  const ana = { kind: "member", id: "1", name: "Ana" };
  return {
    id: title, title, body: "rich", version: 1, status: "draft",
    created_at: updated, updated_at: updated, created_by: ana, updated_by: ana,
  };
}

describe("the library in sections", () => {
  it("puts the newest first under the heading of its age", () => {
    const sections = inSections([aDocument("old", 90), aDocument("new", 0), aDocument("week", 3), aDocument("newer", 0)], NOON);

    expect(sections.map(({ name }) => name)).toEqual(["Today", "This week", "Earlier"]);
    expect(sections[0]?.documents.map(({ title }) => title)).toEqual(["new", "newer"]);
  });

  it("has no section for an empty library", () => {
    expect(inSections([], NOON)).toEqual([]);
  });
});
