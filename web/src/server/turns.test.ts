import { describe, expect, it } from "vitest";

import { Turns } from "./turns";

function open<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe("turns", () => {
  it("make a second decision wait for the first, and drop neither", async () => {
    const [turns, first, done] = [new Turns(), open<string>(), [] as string[]];
    const accepted = turns.take("a", () => first.promise).then((what) => done.push(String(what)));
    const rejected = turns.take("b", async () => "second").then((what) => done.push(String(what)));

    expect([...turns.keys]).toEqual(["a", "b"]);
    expect(done).toEqual([]);
    first.resolve("first");
    await Promise.all([accepted, rejected]);

    expect(done).toEqual(["first", "second"]);
    expect(turns.keys.size).toBe(0);
  });

  it("go on after one that failed", async () => {
    const turns = new Turns();
    const failed = turns.take("a", () => Promise.reject(new Error("refused")));
    const next = turns.take("b", async () => "next");

    await expect(failed).rejects.toThrow("refused");
    await expect(next).resolves.toBe("next");
  });

  it("do the same thing once, and again when it is over", async () => {
    const [turns, first] = [new Turns(), open<number>()];
    let performed = 0;
    const once = turns.take("a", () => {
      performed += 1;
      return first.promise;
    });

    await expect(turns.take("a", async () => (performed += 1))).resolves.toBeUndefined();
    first.resolve(1);
    await once;
    expect(performed).toBe(1);
    await turns.take("a", async () => (performed += 1));
    expect(performed).toBe(2);
  });
});
