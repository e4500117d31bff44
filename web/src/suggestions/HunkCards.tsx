import type { Editor } from "@tiptap/core";
import { useEffect, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";

import { HunkCard } from "./HunkCard";
import { cardId, type HunkPlaces } from "./hunkMarks";
import { useDocumentSuggestions } from "./useSuggestions";

interface Props {
  editor: Editor;
  places: HunkPlaces;
}

/** Each proposed change at its block: drawn by React into the places that the editor holds for it. */
export function HunkCards({ editor, places }: Props) {
  const suggestions = useDocumentSuggestions();
  const { pending, decide, deciding, mayDecide, stop } = suggestions;
  const anchored = useSyncExternalStore(places.subscribe, () => places.anchored);
  useEffect(() => {
    places.show(pending);
    editor.commands.drawHunks();
  }, [editor, places, pending]);
  useTravel(editor);
  const shown = new Set(anchored.split("\n"));
  const settle = async (key: string, accept: boolean) => {
    const hunk = pending.find((candidate) => candidate.key === key);
    if (hunk === undefined) return;
    const card = document.getElementById(cardId(key));
    const next = nextCard(editor, card, 1);
    if (!(await decide(hunk, accept))) return;
    // Whoever went on writing meanwhile stays where they are.
    const { activeElement } = document;
    const stayed = activeElement === null || activeElement === document.body || card?.contains(activeElement) === true;
    if (stayed) (next ?? editor.view.dom).focus();
  };
  return pending
    .filter(({ key }) => shown.has(key))
    .map((hunk) =>
      createPortal(
        <HunkCard
          hunk={hunk}
          mayDecide={mayDecide}
          isDeciding={deciding.has(hunk.key)}
          settle={(accept) => void settle(hunk.key, accept)}
          stop={stop}
          leave={() => editor.commands.focus()}
        />,
        places.host(hunk.key),
        hunk.key,
      ),
    );
}

/** F8 goes to the next proposed change from anywhere in the page, Shift F8 to the one before. */
function useTravel(editor: Editor): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "F8") return;
      const card = nextCard(editor, document.activeElement?.closest("[data-card]") ?? null, event.shiftKey ? -1 : 1);
      if (card === null) return;
      event.preventDefault();
      card.focus();
      card.scrollIntoView({ block: "center" });
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [editor]);
}

/** In the order of the text, going round; another one than where we are. */
function nextCard(editor: Editor, current: Element | null, step: 1 | -1): HTMLElement | null {
  const cards = [...editor.view.dom.querySelectorAll<HTMLElement>("[data-card]")];
  if (cards.length === 0) return null;
  const here = cards.findIndex((card) => card === current);
  if (here < 0) return cards.at(step === 1 ? 0 : -1) ?? null;
  const next = cards[(here + step + cards.length) % cards.length] ?? null;
  return next === current ? null : next;
}
