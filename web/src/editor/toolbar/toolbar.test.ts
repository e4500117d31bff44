import { describe, expect, it } from "vitest";

import { imageAddress, isKept, linkAddress } from "./addresses";
import { nextTool } from "./useRovingFocus";

describe("the address of a link", () => {
  it("is kept when it is one, and completed when it is a bare domain or a mail address", () => {
    expect(linkAddress(" https://example.org/a ")).toBe("https://example.org/a");
    expect(linkAddress("example.org/a")).toBe("https://example.org/a");
    expect(linkAddress("ana@example.org")).toBe("mailto:ana@example.org");
  });

  it("is kept where the server keeps it", () => {
    expect(linkAddress("tel:+43-1-234")).toBe("tel:+43-1-234");
    expect(linkAddress("ftp://example.org/a")).toBeNull();
    expect(["https://example.org", "TEL:112", "/a", "#a", "example.org/a:b"].map(isKept)).not.toContain(false);
    expect(["ftp://example.org", "sms:112", "java\nscript:x"].map(isKept)).not.toContain(true);
  });

  it("is never a script", () => {
    expect(linkAddress("javascript:alert(1)")).toBeNull();
    expect(linkAddress("data:text/html,x")).toBeNull();
    expect(linkAddress("two words")).toBeNull();
  });
});

describe("the address of an image", () => {
  it("is on this server, because the policy loads no other", () => {
    expect(imageAddress("/files/a.png", "https://c.test")).toBe("/files/a.png");
    expect(imageAddress("https://c.test/files/a.png", "https://c.test")).toBe("/files/a.png");
    expect(imageAddress("https://elsewhere.test/a.png", "https://c.test")).toBeNull();
    expect(imageAddress("//elsewhere.test/a.png", "https://c.test")).toBeNull();
  });
});

describe("arrow keys in the toolbar", () => {
  it("travel round and round, and jump to the ends", () => {
    expect(nextTool("ArrowRight", 4, 5)).toBe(0);
    expect(nextTool("ArrowLeft", 0, 5)).toBe(4);
    expect(nextTool("End", 1, 5)).toBe(4);
    expect(nextTool("a", 1, 5)).toBeNull();
  });
});
