import * as decoding from "lib0/decoding";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

import type { Person } from "../server/resources";
import { presenceColor } from "../shell/presenceColor";
import { liveSocketClass } from "./liveSocket";
import { type SyncFacts, type SyncState, syncState } from "./syncState";
import { UnsavedEdits } from "./unsavedEdits";

const MESSAGE_SYNC = 0;
const MESSAGE_AUTH = 2;
const SYNC_STEP_1 = 0;

/** One open document: its Yjs document, its connection, and what is known about what is saved. */
export class Collaboration {
  readonly doc = new Y.Doc();
  readonly provider: WebsocketProvider;
  #unsaved = new UnsavedEdits();
  #listeners = new Set<() => void>();
  #state: SyncState = { kind: "opening" };
  #facts: SyncFacts;

  constructor(documentId: string, member: Person) {
    this.#facts = {
      isConnected: false,
      hasSynced: false,
      unsaved: 0,
      mayWrite: false,
      refusal: null,
      closed: null,
      isSlower: false,
    };
    const server = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/collab`;
    // Other tabs would hand over edits that the server has not seen; all must come from the server.
    this.provider = new WebsocketProvider(server, documentId, this.doc, {
      connect: false,
      disableBc: true,
      WebSocketPolyfill: liveSocketClass({
        path: `/api/v1/documents/${documentId}/live`,
        onWay: (way) => this.#learn({ isSlower: way === "http" }),
      }),
    });
    this.provider.awareness.setLocalStateField("user", {
      id: member.id,
      name: member.name,
      color: presenceColor(member.id),
    });
    this.doc.on("update", this.#edited);
    this.#listen();
    window.addEventListener("offline", this.#wentOffline);
    window.addEventListener("online", this.#cameOnline);
    this.provider.connect();
  }

  get state(): SyncState {
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The server decides; this is what it last said. */
  permitWriting(mayWrite: boolean): void {
    this.#learn(mayWrite ? { mayWrite, refusal: null } : { mayWrite });
  }

  close(): void {
    window.removeEventListener("offline", this.#wentOffline);
    window.removeEventListener("online", this.#cameOnline);
    this.provider.destroy();
    this.doc.destroy();
  }

  #listen(): void {
    this.provider.on("status", ({ status }) => {
      // Connected means synced once more: before that the server may still lack what we wrote offline.
      if (status !== "connected") this.#learn({ isConnected: false });
    });
    this.provider.on("sync", (isSynced) => isSynced && this.#learn({ isConnected: true, hasSynced: true }));
    this.provider.on("closed", (closed) => this.#learn({ isConnected: false, closed }));
    this.#watch(MESSAGE_SYNC, (decoder) => this.#readSync(decoder));
    this.#watch(MESSAGE_AUTH, (decoder) => this.#readRefusal(decoder));
  }

  /** Lets the provider do its work first, then reads the same message for what it proves. */
  #watch(messageType: number, read: (decoder: decoding.Decoder) => void): void {
    const handle = this.provider.messageHandlers[messageType];
    if (handle === undefined) throw new Error(`y-websocket has no handler for message ${messageType}`);
    this.provider.messageHandlers[messageType] = (encoder, decoder, provider, emitSynced, type) => {
      const copy = decoding.clone(decoder);
      handle(encoder, decoder, provider, emitSynced, type);
      read(copy);
    };
  }

  #readSync(decoder: decoding.Decoder): void {
    const step = decoding.readVarUint(decoder);
    const content = decoding.readVarUint8Array(decoder);
    if (step === SYNC_STEP_1) this.#unsaved.serverHolds(content);
    else this.#unsaved.cameBack(content);
    this.#learn({});
  }

  #readRefusal(decoder: decoding.Decoder): void {
    decoding.readVarUint(decoder);
    this.#learn({ refusal: decoding.readVarString(decoder), mayWrite: false });
  }

  #edited = (update: Uint8Array, origin: unknown): void => {
    if (origin === this.provider) return;
    this.#unsaved.made(update);
    this.#learn({});
  };

  #wentOffline = (): void => this.provider.disconnect();

  #cameOnline = (): void => {
    if (this.#facts.closed === null) this.provider.connect();
  };

  #learn(news: Partial<SyncFacts>): void {
    this.#facts = { ...this.#facts, ...news, unsaved: this.#unsaved.count };
    const next = syncState(this.#facts);
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}
