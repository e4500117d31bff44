import { Extension } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { type EditorState, Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import type * as Y from "yjs";

import { type AnchorToSend, anchorOf, type Span, spansOf } from "./places";
import { positionOf } from "./positions";
import { isOpen, type Thread } from "./threads";

/** Where threads are drawn: as decorations, so that no export, copy or search ever holds them. */
export class CommentPlaces {
  readonly doc: Y.Doc;
  #threads: readonly Thread[] = [];
  #active: string | undefined;
  /** Told that somebody wants to say something about what is selected. */
  onAsk: () => void = () => undefined;
  /** Told which thread's text was clicked. */
  onPick: (threadId: string) => void = () => undefined;
  /** Told that texts are where nobody said, or gone from where they were. */
  onLost: () => void = () => undefined;
  #lost = "";

  constructor(doc: Y.Doc) {
    this.doc = doc;
  }

  show(threads: readonly Thread[], active: string | undefined): void {
    this.#threads = threads;
    this.#active = active;
  }

  get isEmpty(): boolean {
    return this.#threads.length === 0;
  }

  get active(): string | undefined {
    return this.#active;
  }

  /** By thread; those that the server found by their words stand where it said. */
  spans(state: EditorState): Map<string, Span> {
    const shown = this.#threads.filter((thread) => isOpen(thread) || thread.id === this.#active);
    const spans = spansOf(this.#fragment, leafIn(state), shown);
    for (const { id, anchor } of shown) {
      const moved = anchor?.moved === true && anchor.range !== null ? rangeIn(state.doc, anchor.range) : null;
      if (moved !== null) spans.set(id, moved);
    }
    this.#tellLost(shown, spans);
    for (const [id, { from, to }] of spans) if (from >= to || to > state.doc.content.size) spans.delete(id);
    return spans;
  }

  /** An anchor for what is selected; null when no text is. */
  selected(state: EditorState): AnchorToSend | null {
    const { from, to } = state.selection;
    if (from === to) return null;
    return anchorOf(this.#fragment, leafIn(state), { from, to }, state.doc.textBetween(from, to, "\n", "\n"));
  }

  #tellLost(shown: readonly Thread[], spans: ReadonlyMap<string, Span>): void {
    const lost = shown
      .filter(({ id, anchor }) => anchor !== null && anchor.orphaned === spans.has(id))
      .map(({ id }) => id)
      .join(" ");
    if (lost === this.#lost) return;
    this.#lost = lost;
    if (lost !== "") this.onLost();
  }

  get #fragment(): Y.XmlFragment {
    return this.doc.getXmlFragment("default");
  }
}

const commentMarks = new PluginKey<DecorationSet>("commentMarks");

export const CommentMarks = Extension.create<{ places: CommentPlaces | null }>({
  name: "commentMarks",
  addOptions: () => ({ places: null }),
  addStorage() {
    return { places: this.options.places };
  },
  addKeyboardShortcuts() {
    return {
      "Mod-Alt-m": () => {
        this.options.places?.onAsk();
        return true;
      },
    };
  },
  addProseMirrorPlugins() {
    const { places } = this.options;
    if (places === null) return [];
    return [
      new Plugin<DecorationSet>({
        key: commentMarks,
        state: {
          init: () => DecorationSet.empty,
          apply: (transaction, before, _old, state) =>
            transaction.getMeta(commentMarks) === undefined
              ? before.map(transaction.mapping, transaction.doc)
              : drawn(places, state),
        },
        props: {
          decorations: (state) => commentMarks.getState(state),
          handleClick: (_view, _position, event) => {
            const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-comment]") : null;
            const thread = target?.dataset["comment"];
            if (thread !== undefined) places.onPick(thread);
            return false;
          },
        },
        view: (view) => {
          // Not in the transaction itself: the shared document has the edit only when the editor has told it.
          let frame: number | undefined;
          const redraw = () => {
            frame ??= requestAnimationFrame(() => {
              frame = undefined;
              if (places.isEmpty) return;
              view.dispatch(view.state.tr.setMeta(commentMarks, true).setMeta("addToHistory", false));
            });
          };
          places.doc.on("update", redraw);
          redraw();
          return {
            destroy: () => {
              if (frame !== undefined) cancelAnimationFrame(frame);
              places.doc.off("update", redraw);
            },
          };
        },
      }),
    ];
  },
  addCommands() {
    return {
      drawComments:
        () =>
        ({ tr, dispatch }) => {
          dispatch?.(tr.setMeta(commentMarks, true).setMeta("addToHistory", false));
          return true;
        },
    };
  },
});

declare module "@tiptap/core" {
  interface Storage {
    commentMarks: { places: CommentPlaces | null };
  }
  interface Commands<ReturnType> {
    commentMarks: { drawComments: () => ReturnType };
  }
}

function drawn(places: CommentPlaces, state: EditorState): DecorationSet {
  const decorations = [...places.spans(state)].map(([id, { from, to }]) =>
    Decoration.inline(from, to, {
      class: id === places.active ? "commented commented-active" : "commented",
      "data-comment": id,
    }),
  );
  return DecorationSet.create(state.doc, decorations);
}

function leafIn({ schema }: EditorState): (name: string) => boolean {
  return (name) => schema.nodes[name]?.isLeaf ?? false;
}

function rangeIn(doc: Node, { block, start, block_to, end }: { block: number; start: number; block_to: number; end: number }): Span | null {
  const [from, to] = [positionOf(doc, block, start), positionOf(doc, block_to, end)];
  return from === null || to === null ? null : { from, to };
}
