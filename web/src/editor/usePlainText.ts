import { type KeyboardEvent, type RefObject, useEffect, useMemo } from "react";
import * as Y from "yjs";

import { movedCaret, textChange } from "./textBinding";

/** Ties a textarea to a shared text, both ways, with an undo that only takes back what was written here. */
export function usePlainText(area: RefObject<HTMLTextAreaElement | null>, doc: Y.Doc) {
  const text = useMemo(() => doc.getText("content"), [doc]);
  const undo = useMemo(() => new Y.UndoManager(text, { trackedOrigins: new Set([area]) }), [text, area]);
  useEffect(() => () => undo.destroy(), [undo]);

  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.value = text.toString();
    fitHeight(element);
    const show = (event: Y.YTextEvent, transaction: Y.Transaction) => {
      if (transaction.origin === area) return;
      const { selectionStart, selectionEnd, selectionDirection } = element;
      element.value = text.toString();
      element.setSelectionRange(movedCaret(selectionStart, event.delta), movedCaret(selectionEnd, event.delta), selectionDirection);
      fitHeight(element);
    };
    text.observe(show);
    return () => text.unobserve(show);
  }, [area, text]);

  const write = () => {
    const element = area.current;
    if (element === null) return;
    const change = textChange(text.toString(), element.value, element.selectionEnd);
    if (change === null) return;
    doc.transact(() => {
      text.delete(change.index, change.removed);
      text.insert(change.index, change.inserted);
    }, area);
    fitHeight(element);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) undo.redo();
    else undo.undo();
  };
  return { write, onKeyDown };
}

function fitHeight(element: HTMLTextAreaElement): void {
  element.style.height = "auto";
  element.style.height = `${element.scrollHeight}px`;
}
