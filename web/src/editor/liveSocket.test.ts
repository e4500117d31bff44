import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as awareness from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

import { FakeServer } from "./fakeServer";
import { network, type Way } from "./httpLine";
import { liveSocketClass } from "./liveSocket";

const MINUTES_2 = 120_000;

let server: FakeServer;
let ways: Way[];
let providers: WebsocketProvider[];

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(network, { way: "websocket", passesStreams: true });
  server = new FakeServer();
  ways = [];
  providers = [];
});

afterEach(() => {
  for (const provider of providers) provider.destroy();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function writer(): { doc: Y.Doc; text: Y.Text; provider: WebsocketProvider } {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider("ws://server/collab", "1", doc, {
    disableBc: true,
    WebSocketPolyfill: liveSocketClass({ path: "/live", onWay: (way) => ways.push(way) }),
  });
  providers.push(provider);
  return { doc, text: doc.getText("content"), provider };
}

const soon = (ms = 500) => vi.advanceTimersByTimeAsync(ms);
const stored = () => server.doc.getText("content").toString();

describe("which way is taken", () => {
  it("is the WebSocket where it gets through", async () => {
    const { text, provider } = writer();
    await soon();
    text.insert(0, "by socket");
    await soon();
    expect(provider.synced).toBe(true);
    expect(ways).toEqual(["websocket"]);
    expect(stored()).toBe("by socket");
    expect(server.requests).toEqual([]);
  });

  it("is plain requests when a WebSocket cannot be opened", async () => {
    server.webSockets = "refused";
    const { text, provider } = writer();
    text.insert(0, "typed before");
    await soon();
    text.insert(0, "and ");
    await soon();
    expect(provider.synced).toBe(true);
    expect(ways).toEqual(["http"]);
    expect(stored()).toBe("and typed before");
  });

  it("is plain requests when a WebSocket opens and then says nothing", async () => {
    server.webSockets = "silent";
    const { text, provider } = writer();
    await soon();
    text.insert(0, "into the silence");
    expect(ways).toEqual([]);
    await soon(5_000);
    expect(provider.synced).toBe(true);
    expect(ways).toEqual(["http"]);
    expect(stored()).toBe("into the silence");
  });

  it("is remembered, so that the next document does not wait", async () => {
    server.webSockets = "silent";
    writer();
    await soon(5_000);
    const tried = server.sockets;
    const { provider } = writer();
    await soon();
    expect(provider.synced).toBe(true);
    expect(server.sockets).toBe(tried);
  });

  it("is not changed by a refusal, which is the server's word", async () => {
    server.webSockets = 4403;
    const { provider } = writer();
    const closed = vi.fn();
    provider.on("closed", closed);
    await soon(10_000);
    expect(closed.mock.calls[0]?.[0]).toEqual({ code: 4403, reason: "no" });
    expect(server.requests).toEqual([]);
  });

  it("is the WebSocket again when the whole server was away", async () => {
    server.webSockets = "refused";
    server.isAway = true;
    const { provider } = writer();
    await soon(20_000);
    expect(ways).toEqual([]);
    server.webSockets = "pass";
    server.isAway = false;
    await soon(20_000);
    expect(provider.synced).toBe(true);
    expect(ways).toEqual(["websocket"]);
  });
});

describe("plain requests", () => {
  beforeEach(() => {
    server.webSockets = "refused";
  });

  it("bring what others write, and who they are", async () => {
    const ana = writer();
    const olga = writer();
    await soon();
    ana.provider.awareness.setLocalStateField("user", { name: "Ana" });
    olga.text.insert(0, "from Olga");
    await soon();
    expect(ana.text.toString()).toBe("from Olga");
    expect(olga.provider.awareness.getStates().get(ana.doc.clientID)).toEqual({ user: { name: "Ana" } });
    awareness.removeAwarenessStates(ana.provider.awareness, [ana.doc.clientID], "left");
    await soon();
    expect(olga.provider.awareness.getStates().has(ana.doc.clientID)).toBe(false);
  });

  it("lose nothing when an answer is lost", async () => {
    const { text } = writer();
    await soon();
    server.losesAnswers = 2;
    for (const letter of "letters") text.insert(text.length, letter);
    await soon(5_000);
    expect(stored()).toBe("letters");
  });

  it("lose nothing when the session is gone", async () => {
    const { text, provider } = writer();
    await soon();
    server.forgetSessions();
    text.insert(0, "typed meanwhile");
    await soon(10_000);
    expect(provider.synced).toBe(true);
    expect(stored()).toBe("typed meanwhile");
  });

  it("find their session where a request reaches another process now and then", async () => {
    const { text } = writer();
    await soon();
    server.reachElsewhere = 3;
    text.insert(0, "found");
    await soon();
    expect(stored()).toBe("found");
    expect(server.requests.filter((request) => request === "POST /live")).toHaveLength(1);
  });

  it("fall back to asking again and again where streams are held back", async () => {
    server.holdsStreamsBack = true;
    const ana = writer();
    await soon(6_000);
    server.doc.getText("content").insert(0, "from the server");
    await soon();
    expect(ana.text.toString()).toBe("from the server");
    expect(server.requests.at(-1)).toMatch(/^GET .*messages/);
  });

  it.each([false, true])("end for good with the server's reason (streams held back: %s)", async (holdsStreamsBack) => {
    server.holdsStreamsBack = holdsStreamsBack;
    const { provider } = writer();
    const closed = vi.fn();
    provider.on("closed", closed);
    await soon(6_000);
    server.end(4409, "archived");
    await soon();
    expect(closed.mock.calls[0]?.[0]).toEqual({ code: 4409, reason: "archived" });
    expect(provider.shouldConnect).toBe(false);
  });

  it("are left at the end", async () => {
    const { text, provider } = writer();
    await soon();
    text.insert(0, "last words");
    provider.destroy();
    await soon();
    expect(stored()).toBe("last words");
    expect(server.requests.at(-1)).toMatch(/^DELETE/);
  });
});

describe("coming back to the WebSocket", () => {
  it("is tried every two minutes, without a gap and without losing what is typed meanwhile", async () => {
    server.webSockets = "refused";
    const { text, provider } = writer();
    const statuses: string[] = [];
    await soon();
    provider.on("status", ({ status }) => statuses.push(status));
    await soon(MINUTES_2);
    expect(ways).toEqual(["http"]);
    server.webSockets = "pass";
    server.losesAnswers = 1;
    text.insert(0, "while it changes");
    await soon(MINUTES_2 + 5_000);
    expect(ways).toEqual(["http", "websocket"]);
    text.insert(0, "and after, ");
    await soon();
    expect(stored()).toBe("and after, while it changes");
    expect(statuses).not.toContain("disconnected");
    expect(provider.synced).toBe(true);
    expect(server.requests.at(-1)).toMatch(/^DELETE/);
  });
});
