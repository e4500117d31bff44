import { Extension } from "@tiptap/core";
import { yCursorPlugin } from "@tiptap/y-tiptap";
import type { Awareness } from "y-protocols/awareness";

import { presenceColor, presenceColors } from "../shell/presenceColor";
import { peopleIn, personOf } from "./usePresence";

const SELECTION_ALPHA = "38";

/** Draws where the others are. Names are text and colours are ours: both came from another client. */
export const Carets = Extension.create<{ awareness: Awareness | null }>({
  name: "carets",
  addOptions: () => ({ awareness: null }),
  addProseMirrorPlugins() {
    const { awareness } = this.options;
    if (awareness === null) return [];
    const colorOf = (user: unknown) => colorAmong(awareness, user);
    return [
      yCursorPlugin(awareness, {
        cursorBuilder: (user: unknown) => drawCaret(user, colorOf(user)),
        selectionBuilder: (user: unknown) => ({
          class: "remote-selection",
          style: `background-color: ${colorOf(user)}${SELECTION_ALPHA}`,
        }),
      }),
    ];
  },
});

function colorAmong(awareness: Awareness, user: unknown): string {
  const id = personOf({ user })?.id ?? "";
  return presenceColors(peopleIn(awareness).map((person) => person.id)).get(id) ?? presenceColor(id);
}

function drawCaret(user: unknown, color: string): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "remote-caret";
  caret.style.setProperty("--caret-color", color);
  const label = document.createElement("span");
  label.className = "remote-caret-name";
  label.textContent = personOf({ user })?.name ?? "Somebody";
  caret.append(label);
  return caret;
}
