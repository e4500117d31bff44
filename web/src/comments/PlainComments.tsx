import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type * as Y from "yjs";

import classes from "../editor/plainText.module.css";
import { plainAnchor, plainSpans, stretches, threadAt } from "./plainPlaces";
import { isOpen } from "./threads";
import { useDocumentComments } from "./useComments";

/** Long enough that the server has what was typed just now. */
const PAUSE_MILLISECONDS = 1500;

interface Props {
  area: RefObject<HTMLTextAreaElement | null>;
  doc: Y.Doc;
}

/** Draws behind a text area what is talked about: the area itself can hold no marks. */
export function PlainComments({ area, doc }: Props) {
  const comments = useDocumentComments();
  const text = useMemo(() => doc.getText("content"), [doc]);
  const changes = useChanges(text);
  const { threads, active, attach, reload } = comments;
  const drawn = useMemo(() => threads.filter((one) => one.anchor !== null && (isOpen(one) || one.id === active)), [threads, active]);
  // `changes` counts those of the text, which is one object for good.
  const spans = useMemo(() => plainSpans(text, drawn), [text, drawn, changes]);
  const now = useRef({ comments, spans });
  now.current = { comments, spans };

  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const selected = () => plainAnchor(text, { from: element.selectionStart, to: element.selectionEnd });
    const pick = () => {
      if (element.selectionStart !== element.selectionEnd) return;
      const thread = threadAt(now.current.spans, element.selectionStart);
      if (thread === undefined) return;
      now.current.comments.look(thread);
      now.current.comments.open();
    };
    const ask = (event: KeyboardEvent) => {
      if (!((event.ctrlKey || event.metaKey) && event.altKey && event.code === "KeyM")) return;
      const anchor = now.current.comments.mayComment ? selected() : null;
      if (anchor === null) return;
      event.preventDefault();
      now.current.comments.begin(anchor);
      now.current.comments.open();
    };
    element.addEventListener("click", pick);
    element.addEventListener("keydown", ask);
    attach({
      selected,
      show: (threadId) => {
        const span = now.current.spans.get(threadId);
        if (span === undefined) return;
        element.focus();
        element.setSelectionRange(span.from, span.to);
      },
    });
    return () => {
      element.removeEventListener("click", pick);
      element.removeEventListener("keydown", ask);
      attach(undefined);
    };
  }, [area, text, attach]);

  const lost = drawn
    .filter(({ id, anchor }) => anchor?.orphaned === spans.has(id))
    .map(({ id }) => id)
    .join(" ");
  const reloading = useRef(reload);
  reloading.current = reload;
  useEffect(() => {
    if (lost === "") return;
    const timer = setTimeout(() => reloading.current(), PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [lost]);

  if (spans.size === 0) return null;
  return (
    <div className={classes.marks} aria-hidden>
      {stretches(text.toString(), spans).map((stretch, index) =>
        stretch.threads.length === 0 ? (
          <span key={index}>{stretch.text}</span>
        ) : (
          <mark
            key={index}
            className={active !== undefined && stretch.threads.includes(active) ? "commented commented-active" : "commented"}
            data-comment={stretch.threads.join(" ")}
          >
            {stretch.text}
          </mark>
        ),
      )}
    </div>
  );
}

/** How often the text has changed, told at most once a frame. */
function useChanges(text: Y.Text): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    let frame: number | undefined;
    const changed = () => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        setChanges((count) => count + 1);
      });
    };
    text.observe(changed);
    return () => {
      text.unobserve(changed);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [text]);
  return changes;
}
