import type { Editor } from "@tiptap/core";
import { useEffect, useRef } from "react";

import type { CommentPlaces } from "./commentMarks";
import { useDocumentComments } from "./useComments";

/** Long enough that the server has what was typed just now. */
const PAUSE_MILLISECONDS = 1500;

interface Props {
  editor: Editor;
  places: CommentPlaces;
}

/** Draws in the text what is talked about, and listens to what is picked there. */
export function CommentLayer({ editor, places }: Props) {
  const comments = useDocumentComments();
  const { threads, active, attach } = comments;
  const now = useRef(comments);
  now.current = comments;
  useEffect(() => {
    places.show(threads, active);
    editor.commands.drawComments();
  }, [editor, places, threads, active]);
  useEffect(() => {
    attach({
      selected: () => places.selected(editor.state),
      show: (threadId) => {
        const span = places.spans(editor.state).get(threadId);
        if (span !== undefined) editor.chain().setTextSelection(span.to).focus().scrollIntoView().run();
      },
    });
    return () => attach(undefined);
  }, [editor, places, attach]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    places.onPick = (threadId) => {
      now.current.look(threadId);
      now.current.open();
    };
    places.onAsk = () => {
      const anchor = now.current.mayComment ? places.selected(editor.state) : null;
      if (anchor === null) return;
      now.current.begin(anchor);
      now.current.open();
    };
    places.onLost = () => {
      clearTimeout(timer);
      timer = setTimeout(() => now.current.reload(), PAUSE_MILLISECONDS);
    };
    return () => {
      clearTimeout(timer);
      places.onPick = places.onAsk = places.onLost = () => undefined;
    };
  }, [editor, places]);
  return null;
}
