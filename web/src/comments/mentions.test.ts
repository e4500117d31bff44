import { describe, expect, it } from "vitest";

import { offered, partsOf, sent, typedName, withName, written } from "./mentions";

const [ANA, ANNA] = ["0198a1b2-0000-7000-8000-000000000001", "0198a1b2-0000-7000-8000-000000000002"] as const;
const PEOPLE = [{ id: ANA, name: "Ana" }, { id: ANNA, name: "Ana Maria Lopez" }];
const NAMED = PEOPLE.map(({ id, name }) => ({ member_id: id, name }));

describe("people in comments", () => {
  it("are sent by their ids and shown by their names, there and back", () => {
    const text = "Look, @Ana and @Ana Maria Lopez!";
    const body = sent(text, PEOPLE);

    expect(body).toBe(`Look, <@${ANA}> and <@${ANNA}>!`);
    expect(written(body, NAMED)).toBe(text);
    expect(partsOf(body, NAMED)).toEqual([
      { text: "Look, " }, { name: "Ana", id: ANA }, { text: " and " }, { name: "Ana Maria Lopez", id: ANNA }, { text: "!" },
    ]);
  });

  it("are not meant by a longer word that begins like a name, whatever signs the name holds", () => {
    expect(sent("Ask @Anabel and @Ana, @Ana.", PEOPLE)).toBe(`Ask @Anabel and <@${ANA}>, <@${ANA}>.`);
    expect(sent("Ask @Jo (QA) $& now", [{ id: ANA, name: "Jo (QA)" }])).toBe(`Ask <@${ANA}> $& now`);
    expect(sent("Ask @A-B/C", [{ id: ANNA, name: "A-B/C" }])).toBe(`Ask <@${ANNA}>`);
  });

  it("without a name are somebody, and other angle brackets are text", () => {
    expect(written(`<@${ANA}> <b> <@nobody>`, [{ member_id: ANA, name: null }])).toBe("@somebody <b> <@nobody>");
  });

  it("are looked for while an @ is typed, not in an address", () => {
    expect(typedName("Hi @an", 6)).toEqual({ start: 3, query: "an" });
    expect(typedName("Hi @", 4)).toEqual({ start: 3, query: "" });
    expect(typedName("Hi @ana maria", 13)).toEqual({ start: 3, query: "ana maria" });
    expect(typedName("ana@acme", 8)).toBeNull();
    expect(typedName("Hi @ana ", 8)).toBeNull();
    expect(typedName("Hi", 2)).toBeNull();
  });

  it("are offered by any word of their name", () => {
    expect(offered(PEOPLE, "lop").map(({ id }) => id)).toEqual([ANNA]);
    expect(offered(PEOPLE, "")).toHaveLength(2);
    expect(offered(PEOPLE, "pez")).toEqual([]);
  });

  it("stand where the caret was, which goes behind them", () => {
    expect(withName("Hi @an there", 3, 6, "Ana")).toEqual({ text: "Hi @Ana there", caret: 8 });
  });
});
