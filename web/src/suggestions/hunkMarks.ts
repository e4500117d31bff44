import { Extension } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { type Anchor, anchorOf, essence } from "./anchors";
import type { PendingHunk } from "./suggestions";

/** Where proposed changes are drawn: outside the document's text, so that no export, copy or search ever holds them. */
export class HunkPlaces {
  #hunks: PendingHunk[] = [];
  #hosts = new Map<string, HTMLElement>();
  #anchored = "";
  #listeners = new Set<() => void>();

  get hunks(): readonly PendingHunk[] {
    return this.#hunks;
  }

  show(hunks: PendingHunk[]): void {
    this.#hunks = hunks;
    const keys = new Set(hunks.map(({ key }) => key));
    for (const key of this.#hosts.keys()) if (!keys.has(key)) this.#hosts.delete(key);
  }

  /** The element that the editor keeps at the right block and that React fills. */
  host(key: string): HTMLElement {
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    const made = document.createElement("div");
    made.className = "proposal";
    made.dataset["hunk"] = key;
    made.contentEditable = "false";
    this.#hosts.set(key, made);
    return made;
  }

  /** The keys of the hunks that have a place, in a line. */
  get anchored(): string {
    return this.#anchored;
  }

  placed(keys: string[]): void {
    const now = keys.join("\n");
    if (now === this.#anchored) return;
    this.#anchored = now;
    // After the editor has drawn: a listener renders into the hosts.
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener();
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

const hunkMarks = new PluginKey<DecorationSet>("hunkMarks");

export const HunkMarks = Extension.create<{ places: HunkPlaces | null }>({
  name: "hunkMarks",
  addOptions: () => ({ places: null }),
  addProseMirrorPlugins() {
    const { places } = this.options;
    if (places === null) return [];
    return [
      new Plugin<DecorationSet>({
        key: hunkMarks,
        state: {
          init: (_config, state) => drawn(state.doc, places),
          apply: (transaction, held) =>
            transaction.docChanged || transaction.getMeta(hunkMarks) === true ? drawn(transaction.doc, places) : held,
        },
        props: { decorations: (state) => hunkMarks.getState(state) },
      }),
    ];
  },
  addCommands() {
    return {
      drawHunks:
        () =>
        ({ tr, dispatch }) => {
          dispatch?.(tr.setMeta(hunkMarks, true).setMeta("addToHistory", false));
          return true;
        },
    };
  },
});

declare module "@tiptap/core" {
  interface Commands<ReturnType> {
    hunkMarks: { drawHunks: () => ReturnType };
  }
}

function drawn(doc: Node, places: HunkPlaces): DecorationSet {
  const texts: string[] = [];
  const starts: number[] = [];
  doc.forEach((block, offset) => {
    texts.push(essence(block.textContent));
    starts.push(offset);
  });
  starts.push(doc.content.size);
  const decorations: Decoration[] = [];
  const placed: string[] = [];
  for (const hunk of places.hunks) {
    const anchor = anchorOf(texts, hunk);
    if (anchor === null) continue;
    placed.push(hunk.key);
    decorations.push(...targets(hunk, anchor, starts), card(hunk, anchor, starts, places));
  }
  places.placed(placed);
  return DecorationSet.create(doc, decorations);
}

function targets(hunk: PendingHunk, anchor: Anchor, starts: number[]): Decoration[] {
  const marked: Decoration[] = [];
  for (let block = anchor.from; block < anchor.to; block += 1) {
    const [from, to] = [starts[block], starts[block + 1]];
    if (from === undefined || to === undefined) continue;
    marked.push(Decoration.node(from, to, { class: "proposal-target", "aria-details": cardId(hunk.key) }));
  }
  return marked;
}

function card(hunk: PendingHunk, anchor: Anchor, starts: number[], places: HunkPlaces): Decoration {
  return Decoration.widget(starts[anchor.to] ?? 0, () => places.host(hunk.key), {
    key: hunk.key,
    side: -1,
    stopEvent: () => true,
    ignoreSelection: true,
  });
}

export function cardId(key: string): string {
  return `proposal-${key.replace(":", "-")}`;
}
