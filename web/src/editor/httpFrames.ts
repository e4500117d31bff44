import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/** Messages as one request carries them: each with its length before it. */
export function packed(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  for (const frame of frames) encoding.writeVarUint8Array(encoder, frame);
  return encoding.toUint8Array(encoder) as Uint8Array<ArrayBuffer>;
}

export function unpacked(body: Uint8Array): Uint8Array[] {
  const decoder = decoding.createDecoder(body);
  const frames: Uint8Array[] = [];
  while (decoding.hasContent(decoder)) frames.push(decoding.readVarUint8Array(decoder));
  return frames;
}

export interface StreamEvent {
  id: string;
  name: string;
  data: string;
}

/** Cuts a stream of server-sent events, which comes in pieces of any size, into events. */
export class EventCutter {
  #rest = "";
  #decoder = new TextDecoder();

  push(piece: Uint8Array): StreamEvent[] {
    const blocks = (this.#rest + this.#decoder.decode(piece, { stream: true })).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(read).filter(({ data }) => data !== "");
  }
}

function read(block: string): StreamEvent {
  const fields = new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  return { id: fields.get("id") ?? "", name: fields.get("event") ?? "message", data: fields.get("data") ?? "" };
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
