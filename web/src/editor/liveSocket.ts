import { BROKEN, HttpLine, network, type Way } from "./httpLine";

const SILENT_MS = 4_000;
const PROBE_MS = 120_000;
const NORMAL = 1000;

interface Options {
  /** Where sessions over plain requests are opened. */
  path: string;
  /** Told which way is in use from now on. */
  onWay: (way: Way) => void;
}

/**
 * A class with the face of `WebSocket`, for y-websocket: the real one where it gets through, plain requests where it does
 * not. y-websocket syncs at each `onopen`, so that a change of ways is one more of them and nothing typed depends on it.
 */
export function liveSocketClass(options: Options): typeof WebSocket {
  return class extends LiveSocket {
    constructor(url: string) {
      super(url, options);
    }
  } as unknown as typeof WebSocket;
}

class LiveSocket {
  readonly OPEN = 1;
  binaryType = "arraybuffer";
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  #url: string;
  #options: Options;
  #line: { send: (frame: Uint8Array<ArrayBuffer>) => void; close: () => void } | undefined;
  #probe: ReturnType<typeof setTimeout> | undefined;
  #probing: WebSocket | undefined;

  constructor(url: string, options: Options) {
    this.#url = url;
    this.#options = options;
    if (network.way === "http") this.#useHttp();
    else this.#tryWebSocket();
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#line?.send(frame);
  }

  close(): void {
    this.#ended();
    this.#line?.close();
  }

  #tryWebSocket(): void {
    const socket = this.#webSocket();
    this.#line = socket;
    const blocked = () => {
      clearTimeout(timer);
      letGo(socket);
      this.#useHttp();
    };
    // A proxy may accept the upgrade and then swallow what comes: the server speaks first, and at once.
    const timer = setTimeout(blocked, SILENT_MS);
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      clearTimeout(timer);
      this.#settle(socket);
      this.#heard(data);
    };
    socket.onclose = ({ code, reason }) => {
      clearTimeout(timer);
      // A code is the server's word: it was reached.
      if (code === BROKEN && this.readyState < 2) blocked();
      else this.#closed(code, reason);
    };
  }

  /** From its first message on, a WebSocket is the way. */
  #settle(socket: WebSocket): void {
    this.#take("websocket");
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#heard(data);
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  #useHttp(): void {
    if (this.readyState > 1) return;
    const line: HttpLine = new HttpLine(this.#options.path, {
      opened: () => {
        this.#take("http");
        this.#opened();
        this.#probeLater();
      },
      message: (frame) => {
        if (this.#line === line) this.#heard(frame.slice().buffer as ArrayBuffer);
      },
      closed: (code, reason) => {
        if (this.#line !== line) return;
        // Neither way: it is not the WebSocket that is in the way.
        if (this.readyState === 0) network.way = "websocket";
        this.#closed(code, reason);
      },
    });
    this.#line = line;
  }

  #probeLater(): void {
    this.#probe = setTimeout(() => {
      const socket = (this.#probing = this.#webSocket());
      const givenUp = () => {
        clearTimeout(timer);
        letGo(socket);
        this.#probeLater();
      };
      const timer = setTimeout(givenUp, SILENT_MS);
      socket.onclose = givenUp;
      socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        clearTimeout(timer);
        this.#probing = undefined;
        const slower = this.#line;
        this.#line = socket;
        this.#settle(socket);
        // Says by the new line what the old one may not have said, and asks for what it may not have heard.
        this.#opened();
        this.#heard(data);
        slower?.close();
      };
    }, PROBE_MS);
  }

  #webSocket(): WebSocket {
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    return socket;
  }

  #take(way: Way): void {
    network.way = way;
    this.#options.onWay(way);
  }

  #opened(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  #heard(data: ArrayBuffer): void {
    this.onmessage?.({ data });
  }

  #closed(code: number, reason: string): void {
    this.#ended();
    this.onclose?.({ code, reason });
  }

  #ended(): void {
    this.readyState = 3;
    clearTimeout(this.#probe);
    if (this.#probing !== undefined) letGo(this.#probing);
  }
}

function letGo(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close(NORMAL);
}
