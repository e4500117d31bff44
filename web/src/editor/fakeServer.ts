import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { vi } from "vitest";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";

import { unpacked } from "./httpFrames";

const SYNC = 0;

/** What a client's network lets it see of a server: a `WebSocket` and a `fetch`, with a document behind them. */
export class FakeServer {
  readonly doc = new Y.Doc();
  webSockets: "pass" | "refused" | "silent" | number = "pass";
  isAway = false;
  holdsStreamsBack = false;
  losesAnswers = 0;
  /** How many requests reach a process that does not hold the session. */
  reachElsewhere = 0;
  sockets = 0;
  requests: string[] = [];
  #peers = new Set<(frame: Uint8Array) => void>();
  #sessions = new Map<string, Session>();
  #presence = new Set<Uint8Array>();

  constructor() {
    this.doc.on("update", (update: Uint8Array) => this.#tell(framed((encoder) => sync.writeUpdate(encoder, update))));
    vi.stubGlobal("WebSocket", socketClass(this));
    vi.stubGlobal("fetch", (path: string, request: RequestInit) => this.#fetch(path, request));
  }

  forgetSessions(): void {
    for (const session of this.#sessions.values()) session.end();
    this.#sessions.clear();
  }

  end(code: number, reason: string): void {
    for (const session of this.#sessions.values()) session.end(code, reason);
  }

  join(peer: (frame: Uint8Array) => void): () => void {
    this.#peers.add(peer);
    peer(framed((encoder) => sync.writeSyncStep1(encoder, this.doc)));
    for (const frame of this.#presence) peer(frame);
    return () => this.#peers.delete(peer);
  }

  hear(frame: Uint8Array, answer: (frame: Uint8Array) => void): void {
    if (frame[0] !== SYNC) {
      this.#presence.add(frame);
      this.#tell(frame);
      return;
    }
    const decoder = decoding.createDecoder(frame);
    decoding.readVarUint(decoder);
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, SYNC);
    sync.readSyncMessage(decoder, encoder, this.doc, "client");
    if (encoding.length(encoder) > 1) answer(encoding.toUint8Array(encoder));
  }

  #tell(frame: Uint8Array): void {
    for (const peer of this.#peers) peer(frame);
  }

  async #fetch(path: string, { method = "GET", body, signal, headers }: RequestInit): Promise<Response> {
    this.requests.push(`${method} ${path}`);
    await Promise.resolve();
    if (this.isAway) throw new TypeError("network");
    const [, , id = "", rest = ""] = path.split("/");
    if (id === "") return json({ session: this.#open(), messages: [] }, 201);
    const session = this.#sessions.get(id);
    if (session === undefined || this.reachElsewhere-- > 0) return json({ code: "live_session.not_found", detail: "gone" }, 404);
    if (method === "DELETE") {
      session.leave();
      this.#sessions.delete(id);
      return new Response(null, { status: 204 });
    }
    if (method === "POST") {
      for (const frame of unpacked(body as Uint8Array)) this.hear(frame, session.put);
      if (this.losesAnswers-- > 0) throw new TypeError("network");
      return json({ waiting: 0 });
    }
    const after = Number(rest.split("=")[1]);
    if ((headers as Record<string, string>).Accept !== "text/event-stream") return session.batch(after, signal ?? undefined);
    return this.holdsStreamsBack ? never(signal ?? undefined) : session.stream(after, signal ?? undefined);
  }

  #open(): string {
    const id = `s${this.requests.length}`;
    const session = new Session();
    session.leave = this.join(session.put);
    this.#sessions.set(id, session);
    return id;
  }
}

class Session {
  leave: () => void = () => undefined;
  #frames: Uint8Array[] = [];
  #ended: { close_code: number; detail: string } | "gone" | undefined;
  #arrived = new Set<() => void>();

  put = (frame: Uint8Array): void => {
    this.#frames.push(frame);
    for (const tell of this.#arrived) tell();
  };

  end(code?: number, reason = ""): void {
    this.leave();
    this.#ended = code === undefined ? "gone" : { close_code: code, detail: reason };
    for (const tell of this.#arrived) tell();
  }

  async batch(after: number, signal: AbortSignal | undefined): Promise<Response> {
    if (this.#frames.length <= after) await this.#more(signal);
    if (this.#ended !== undefined) return json(this.#ended, 409);
    return json({ messages: this.#after(after) });
  }

  stream(after: number, signal: AbortSignal | undefined): Response {
    let through = after;
    const bytes = (text: string) => new TextEncoder().encode(text);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes(":\n\n")),
      pull: async (controller) => {
        if (this.#frames.length <= through && this.#ended === undefined) await this.#more(signal);
        for (const { number, data } of this.#after(through)) {
          controller.enqueue(bytes(`id: ${number}\ndata: ${data}\n\n`));
          through = number;
        }
        if (this.#ended === undefined) return;
        if (this.#ended !== "gone") controller.enqueue(bytes(`event: end\ndata: ${JSON.stringify(this.#ended)}\n\n`));
        controller.close();
      },
    });
    return new Response(body);
  }

  #after(number: number): { number: number; data: string }[] {
    return this.#frames.slice(number).map((frame, index) => ({
      number: number + index + 1,
      data: btoa(String.fromCharCode(...frame)),
    }));
  }

  #more(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#arrived.add(resolve);
      signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    });
  }
}

function socketClass(server: FakeServer) {
  return class {
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    #leave: () => void = () => undefined;

    constructor() {
      server.sockets += 1;
      queueMicrotask(() => this.#open());
    }

    #open(): void {
      const way = server.webSockets;
      if (way === "refused") return this.onclose?.({ code: 1006, reason: "" });
      this.onopen?.();
      if (way === "pass") this.#leave = server.join(this.#put);
      else if (way !== "silent") this.onclose?.({ code: way, reason: "no" });
    }

    #put = (frame: Uint8Array): void => this.onmessage?.({ data: frame.slice().buffer as ArrayBuffer });

    send(frame: Uint8Array): void {
      if (server.webSockets === "pass") server.hear(frame, this.#put);
    }

    close(): void {
      this.#leave();
    }
  };
}

function framed(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, SYNC);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

function never(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });
}
