import { describe, expect, it } from "vitest";

import { abbreviated, eventWords } from "./eventWords";

describe("the name of an event", () => {
  it("reads as a sentence with its version apart", () => {
    expect(eventWords("document.renamed.v1")).toEqual({ text: "Document renamed", version: "v1" });
    expect(eventWords("comment.made.v1").text).toBe("Comment made");
    expect(eventWords("version.named.v1").text).toBe("Version named");
    expect(eventWords("edits.reversed.v1").text).toBe("Edits undone, redone, restored or reverted");
    expect(eventWords("edits.recorded.v1").text).toBe("Edits recorded");
    expect(eventWords("sign_in_link.made.v2")).toEqual({ text: "Sign in link made", version: "v2" });
  });

  it("is left alone when it has another form", () => {
    expect(eventWords("something")).toEqual({ text: "something", version: "" });
  });
});

describe("a leaf hash", () => {
  it("is shortened for the eye only", () => {
    expect(abbreviated("0123456789abcdef")).toBe("0123456789…");
    expect(abbreviated("0123")).toBe("0123");
  });
});
