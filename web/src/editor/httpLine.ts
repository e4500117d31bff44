import { problemFrom } from "../server/problem";
import { csrfHeaders } from "../server/rest";
import { EventCutter, fromBase64, packed, type StreamEvent } from "./httpFrames";

export interface LineEvents {
  opened: () => void;
  message: (frame: Uint8Array) => void;
  closed: (code: number, reason: string) => void;
}

/** The line broke, and nobody said why: as a WebSocket has it. */
export const BROKEN = 1006;

const STREAM_SILENT_MS = 5_000;
const RETRIES_MAX = 3;
const RETRY_MS = 500;
/** Nothing makes requests come to the process that holds the session; the next one may. */
const ELSEWHERE_MAX = 5;
const FRAMES_TOGETHER_MAX = 100;
const BYTES_TOGETHER_MAX = 512 * 1024;
const KEPT_ALIVE_BYTES_MAX = 60 * 1024;
const BEYOND_RETRY = new Set([401, 403]);

/** Why the server ended the session, or did not begin it. */
class Refused extends Error {
  constructor(
    readonly code: number,
    reason: string,
  ) {
    super(reason);
  }
}

interface Batch {
  session?: string;
  messages: { number: number; data: string }[];
}

export type Way = "websocket" | "http";

/** What is known of the network for as long as the page lives: nobody waits twice for what it holds back. */
export const network: { way: Way; passesStreams: boolean } = { way: "websocket", passesStreams: true };

/** One live session over plain requests: what is sent waits until the server has stored what was sent before. */
export class HttpLine {
  #path: string;
  #events: LineEvents;
  #session = "";
  #through = 0;
  #outgoing: Uint8Array[] = [];
  #sending: Promise<void> | undefined;
  #stop = new AbortController();

  constructor(path: string, events: LineEvents) {
    this.#path = path;
    this.#events = events;
    void this.#run();
  }

  send(frame: Uint8Array): void {
    this.#outgoing.push(frame);
    this.#flush();
  }

  /** Leaves, after what was to be sent. */
  close(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    globalThis.removeEventListener?.("pagehide", this.#leave);
    void (this.#sending ?? Promise.resolve()).then(this.#leave);
  }

  #leave = (): void => {
    if (this.#session === "") return;
    fetch(this.#path + `/${this.#session}`, { method: "DELETE", headers: csrfHeaders(), keepalive: true }).catch(() => {});
  };

  async #run(): Promise<void> {
    try {
      const opened = (await (await this.#ask("POST", "")).json()) as Batch;
      this.#session = opened.session ?? "";
      if (this.#stop.signal.aborted) return this.#leave();
      globalThis.addEventListener?.("pagehide", this.#leave);
      this.#events.opened();
      this.#take(opened);
      this.#flush();
      while (!this.#stop.signal.aborted) await this.#again(() => (network.passesStreams ? this.#stream() : this.#poll()));
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    globalThis.removeEventListener?.("pagehide", this.#leave);
    if (error instanceof Refused && error.code > 0) this.#events.closed(error.code, error.message);
    else this.#events.closed(BROKEN, "");
  }

  #flush(): void {
    if (this.#session === "" || this.#outgoing.length === 0) return;
    this.#sending ??= this.#sendAll()
      .catch((error: unknown) => this.#end(error))
      .finally(() => {
        this.#sending = undefined;
        if (!this.#stop.signal.aborted) this.#flush();
      });
  }

  async #sendAll(): Promise<void> {
    while (this.#outgoing.length > 0) {
      const together = this.#together();
      await this.#again(async () => {
        try {
          await this.#ask("POST", `/${this.#session}/messages`, packed(together));
        } catch (error) {
          // What a reader typed is refused, as it is by WebSocket; the session goes on and says so in its messages.
          if (!(error instanceof Refused) || error.code !== READ_ONLY) throw error;
        }
      });
      this.#outgoing.splice(0, together.length);
    }
  }

  #together(): Uint8Array[] {
    const together: Uint8Array[] = [];
    let bytes = 0;
    for (const frame of this.#outgoing.slice(0, FRAMES_TOGETHER_MAX)) {
      bytes += frame.length;
      if (together.length > 0 && bytes > BYTES_TOGETHER_MAX) break;
      together.push(frame);
    }
    return together;
  }

  async #poll(): Promise<void> {
    this.#take((await (await this.#ask("GET", this.#after())).json()) as Batch);
  }

  async #stream(): Promise<void> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), STREAM_SILENT_MS);
    try {
      const answer = await this.#ask("GET", this.#after(), undefined, silence.signal);
      const reader = answer.body?.getReader();
      const cutter = new EventCutter();
      for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
        clearTimeout(timer);
        for (const event of cutter.push(piece.value)) this.#hear(event);
      }
    } catch (error) {
      if (!silence.signal.aborted) throw error;
      network.passesStreams = false;
    } finally {
      clearTimeout(timer);
    }
  }

  #after(): string {
    return `/${this.#session}/messages?after=${this.#through}`;
  }

  #hear({ id, name, data }: StreamEvent): void {
    if (name === "end") {
      const { close_code, detail } = JSON.parse(data) as { close_code: number; detail: string };
      throw new Refused(close_code, detail);
    }
    this.#take({ messages: [{ number: Number(id), data }] });
  }

  #take({ messages }: Batch): void {
    for (const { number, data } of messages) {
      if (this.#stop.signal.aborted) return;
      // A broken request may have brought it already.
      if (number <= this.#through) continue;
      this.#through = number;
      this.#events.message(fromBase64(data));
    }
  }

  /** A request that gets no answer is made again: the server knows what it has, and numbers what it says. */
  async #again(request: () => Promise<void>): Promise<void> {
    let elsewhere = 0;
    for (let failures = 0; ; failures += 1) {
      try {
        return await request();
      } catch (error) {
        if (error instanceof Refused && error.code === ELSEWHERE && elsewhere++ < ELSEWHERE_MAX) continue;
        if (error instanceof Refused || this.#stop.signal.aborted || failures === RETRIES_MAX) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS * 2 ** failures));
      }
    }
  }

  async #ask(method: string, rest: string, body?: Uint8Array<ArrayBuffer>, silence?: AbortSignal): Promise<Response> {
    const listens = method === "GET";
    const signals = [...(listens ? [this.#stop.signal] : []), ...(silence === undefined ? [] : [silence])];
    const answer = await fetch(this.#path + rest, {
      method,
      credentials: "same-origin",
      headers: {
        Accept: silence === undefined ? "application/json" : "text/event-stream",
        ...(listens ? {} : csrfHeaders()),
        ...(body === undefined ? {} : { "Content-Type": "application/octet-stream" }),
      },
      signal: AbortSignal.any(signals),
      ...(body === undefined ? {} : { body, keepalive: this.#stop.signal.aborted && body.length < KEPT_ALIVE_BYTES_MAX }),
    });
    if (!answer.ok) throw await refusalIn(answer);
    return answer;
  }
}

/** No closes: the session goes on. */
const READ_ONLY = -1;
const ELSEWHERE = -2;
const GOING_ON = new Map([
  ["live_session.read_only", READ_ONLY],
  ["live_session.not_found", ELSEWHERE],
]);

async function refusalIn(answer: Response): Promise<Refused> {
  const problem = (await problemFrom(answer)) as { code: string; detail?: string; close_code?: number };
  const detail = problem.detail ?? "";
  // Without a code of its own: what a proxy answers passes.
  return new Refused(GOING_ON.get(problem.code) ?? problem.close_code ?? (BEYOND_RETRY.has(answer.status) ? 4000 + answer.status : BROKEN), detail);
}
