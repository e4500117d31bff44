import * as Y from "yjs";

import { addRange, type RangesByClient, subtract } from "./ranges";

interface Extent {
  inserted: RangesByClient;
  deleted: RangesByClient;
}

/**
 * The edits made here that have not yet come back from the server.
 *
 * The server returns an update only once it is durable, so an edit counts as saved when every range it inserted and
 * every range it deleted has been seen coming back, however the server has cut or merged the updates.
 */
export class UnsavedEdits {
  #waiting: Extent[] = [];

  get count(): number {
    return this.#waiting.length;
  }

  made(update: Uint8Array): void {
    const extent = extentOf(update);
    if (!isEmpty(extent)) this.#waiting.push(extent);
  }

  cameBack(update: Uint8Array): void {
    if (this.#waiting.length === 0) return;
    this.#settle(extentOf(update));
  }

  /** The state vector that opens a connection says what the server already held of our insertions. */
  serverHolds(stateVector: Uint8Array): void {
    if (this.#waiting.length === 0) return;
    const inserted: RangesByClient = new Map();
    for (const [client, clock] of Y.decodeStateVector(stateVector)) addRange(inserted, client, { from: 0, to: clock });
    this.#settle({ inserted, deleted: new Map() });
  }

  #settle(saved: Extent): void {
    for (const extent of this.#waiting) {
      subtract(extent.inserted, saved.inserted);
      subtract(extent.deleted, saved.deleted);
    }
    this.#waiting = this.#waiting.filter((extent) => !isEmpty(extent));
  }
}

function extentOf(update: Uint8Array): Extent {
  const { structs, ds } = Y.decodeUpdate(update);
  const extent: Extent = { inserted: new Map(), deleted: new Map() };
  for (const struct of structs) {
    // A Skip says where something is missing, not that it is here.
    if (struct instanceof Y.Skip) continue;
    const { client, clock } = struct.id;
    addRange(extent.inserted, client, { from: clock, to: clock + struct.length });
  }
  for (const [client, items] of ds.clients) {
    for (const { clock, len } of items) addRange(extent.deleted, client, { from: clock, to: clock + len });
  }
  return extent;
}

function isEmpty({ inserted, deleted }: Extent): boolean {
  return inserted.size === 0 && deleted.size === 0;
}
