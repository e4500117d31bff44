import { Extension } from "@tiptap/core";
import { yCursorPlugin } from "@tiptap/y-tiptap";
import type { Awareness } from "y-protocols/awareness";

import { presenceColor } from "../shell/presenceColor";
import { personOf } from "./usePresence";

const SELECTION_ALPHA = "38";

/** Draws where the others are. Names are text and colours are ours: both came from another client. */
export const Carets = Extension.create<{ awareness: Awareness | null }>({
  name: "carets",
  addOptions: () => ({ awareness: null }),
  addProseMirrorPlugins() {
    const { awareness } = this.options;
    return awareness === null ? [] : [yCursorPlugin(awareness, { cursorBuilder: drawCaret, selectionBuilder: drawSelection })];
  },
});

function drawCaret(user: unknown): HTMLElement {
  const person = personOf({ user });
  const caret = document.createElement("span");
  caret.className = "remote-caret";
  caret.style.setProperty("--caret-color", presenceColor(person?.id ?? ""));
  const label = document.createElement("span");
  label.className = "remote-caret-name";
  label.textContent = person?.name ?? "Somebody";
  caret.append(label);
  return caret;
}

function drawSelection(user: unknown): { style: string; class: string } {
  const person = personOf({ user });
  return { class: "remote-selection", style: `background-color: ${presenceColor(person?.id ?? "")}${SELECTION_ALPHA}` };
}
