import type { Editor } from "@tiptap/core";
import { useSyncExternalStore } from "react";

/** What `read` says about the editor, as text, so that only a different answer draws anew. */
export function useEditorFacts(editor: Editor, read: (editor: Editor) => string): string {
  return useSyncExternalStore(
    (changed) => {
      editor.on("transaction", changed);
      return () => editor.off("transaction", changed);
    },
    () => (editor.isDestroyed ? "" : read(editor)),
  );
}
