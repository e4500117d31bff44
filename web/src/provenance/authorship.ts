/** Shows in the editor who wrote what: the state of the view, and the decorations that draw it. */

import { Extension } from "@tiptap/core";
import { type EditorState, Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet, type EditorView } from "@tiptap/pm/view";
import type * as Y from "yjs";

import { type Problem, problemOf } from "../server/problem";
import { authorName } from "./authorName";
import { type Piece, pieces } from "./pieces";
import { IdMap, loadProvenance, type Provenance } from "./provenance";

/** Long enough that typing does not ask with every key, short enough that new text is soon credited. */
const PAUSE_MILLISECONDS = 700;
const PATIENCE_MILLISECONDS = 2000;

export interface Shown {
  isShown: boolean;
  provenance: Provenance | undefined;
  problem: Problem | undefined;
}

const HIDDEN: Shown = { isShown: false, provenance: undefined, problem: undefined };

/** Of one open document. */
export class Authorship {
  readonly doc: Y.Doc;
  #documentId: string;
  #shown = HIDDEN;
  #idMap = new IdMap([]);
  #asked: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();

  constructor(documentId: string, doc: Y.Doc) {
    this.#documentId = documentId;
    this.doc = doc;
  }

  get documentId(): string {
    return this.#documentId;
  }

  get shown(): Shown {
    return this.#shown;
  }

  get idMap(): IdMap {
    return this.#idMap;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  toggle = (): void => {
    if (this.#shown.isShown) return this.close();
    this.doc.on("update", this.#edited);
    this.#show({ ...HIDDEN, isShown: true });
    void this.#load();
  };

  close = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#asked?.abort();
    this.doc.off("update", this.#edited);
    this.#show(HIDDEN);
  };

  /** Some of the text is not credited yet: the server may have been asked before it was recorded. */
  lookAgain(): void {
    this.#timer ??= setTimeout(() => void this.#load(), PATIENCE_MILLISECONDS);
  }

  #edited = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), PAUSE_MILLISECONDS);
  };

  async #load(): Promise<void> {
    this.#timer = undefined;
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const provenance = await loadProvenance(this.#documentId, asked.signal);
      if (asked.signal.aborted) return;
      this.#idMap = new IdMap(provenance.ranges);
      this.#show({ isShown: true, provenance, problem: undefined });
    } catch (error) {
      if (!asked.signal.aborted) this.#show({ ...this.#shown, problem: problemOf(error) });
    }
  }

  #show(shown: Shown): void {
    this.#shown = shown;
    for (const listener of this.#listeners) listener();
  }
}

const authorshipMarks = new PluginKey<DecorationSet>("authorshipMarks");

export const AuthorshipMarks = Extension.create<{ authorship: Authorship | null }>({
  name: "authorshipMarks",
  addOptions: () => ({ authorship: null }),
  addProseMirrorPlugins() {
    const { authorship } = this.options;
    if (authorship === null) return [];
    return [
      new Plugin<DecorationSet>({
        key: authorshipMarks,
        state: {
          init: () => DecorationSet.empty,
          apply: (transaction, before, _old, state) =>
            transaction.getMeta(authorshipMarks) === undefined
              ? before.map(transaction.mapping, transaction.doc)
              : (drawn(authorship, state) ?? before.map(transaction.mapping, transaction.doc)),
        },
        props: { decorations: (state) => authorshipMarks.getState(state) },
        view: (view) => redrawing(authorship, view),
      }),
    ];
  },
});

/** Draws again when the shared document or what is known of it has changed, once a frame. */
function redrawing(authorship: Authorship, view: EditorView): { destroy: () => void } {
  let frame: number | undefined;
  const redraw = () => {
    frame ??= requestAnimationFrame(() => {
      frame = undefined;
      view.dispatch(view.state.tr.setMeta(authorshipMarks, true).setMeta("addToHistory", false));
      if (hasPending(view.state)) authorship.lookAgain();
    });
  };
  const edited = () => authorship.shown.isShown && redraw();
  authorship.doc.on("update", edited);
  const unsubscribe = authorship.subscribe(redraw);
  return {
    destroy: () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      authorship.doc.off("update", edited);
      unsubscribe();
    },
  };
}

/** The decorations as they should be, or undefined while editor and shared document differ. */
function drawn(authorship: Authorship, state: EditorState): DecorationSet | undefined {
  const { isShown, provenance } = authorship.shown;
  if (!isShown || provenance === undefined) return DecorationSet.empty;
  const { nodes } = state.schema;
  const found = pieces(
    authorship.doc.getXmlFragment("default"),
    authorship.idMap,
    (name) => nodes[name]?.isLeaf ?? false,
    state.doc.content.size,
  );
  if (found === undefined) return undefined;
  return DecorationSet.create(
    state.doc,
    found.map((piece) =>
      Decoration.inline(piece.from, piece.to, attributes(piece, provenance), { isPending: piece.by === undefined }),
    ),
  );
}

function hasPending(state: EditorState): boolean {
  const pending = authorshipMarks.getState(state)?.find(undefined, undefined, ({ isPending }) => isPending === true);
  return pending !== undefined && pending.length > 0;
}

function attributes({ by }: Piece, { authors }: Provenance): Record<string, string> {
  const author = by === undefined ? undefined : authors[by];
  return author === undefined
    ? { class: "authored", "data-origin": "pending", title: "Being recorded" }
    : { class: "authored", "data-origin": author.origin, title: authorName(author) };
}
