import { Editor } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import { useEffect, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";

import { Carets } from "./carets";
import type { Collaboration as OpenDocument } from "./collaboration";
import classes from "./document.module.css";
import prose from "./prose.module.css";
import { documentSchema } from "./schema";
import { Authorship, AuthorshipMarks } from "../provenance/authorship";
import { AuthorshipBar } from "../provenance/AuthorshipBar";
import { AuthorshipButton } from "../provenance/AuthorshipButton";
import { CommentLayer } from "../comments/CommentLayer";
import { CommentMarks, CommentPlaces } from "../comments/commentMarks";
import { HunkCards } from "../suggestions/HunkCards";
import { HunkMarks, HunkPlaces } from "../suggestions/hunkMarks";
import { Toolbar } from "./toolbar/Toolbar";

/** Pixels in which the caret does not come to rest: what stays on top would cover it. */
const KEPT_CLEAR = { top: 170, right: 0, bottom: 40, left: 0 };

export interface EditorProps {
  open: OpenDocument;
  isEditable: boolean;
  /** Where the toolbar goes: beside what else stays in sight while the text scrolls. */
  tools: HTMLElement | null;
  /** Told which editor shows the text, for the panels beside it. */
  onEditor: (editor: Editor | undefined) => void;
}

export function RichEditor({ open, isEditable, tools, onEditor }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const [places] = useState(() => new HunkPlaces());
  const authorship = useAuthorship(open);
  const comments = useMemo(() => new CommentPlaces(open.doc), [open]);
  const editor = useEditor(open, host, places, authorship, comments);
  useEffect(() => onEditor(editor), [editor, onEditor]);
  useEffect(() => editor?.setEditable(isEditable, false), [editor, isEditable]);
  return (
    <>
      {editor !== undefined &&
        tools !== null &&
        createPortal(
          <>
            {isEditable && <Toolbar editor={editor} end={<AuthorshipButton authorship={authorship} />} />}
            <AuthorshipBar authorship={authorship} hasButton={!isEditable} />
          </>,
          tools,
        )}
      {editor !== undefined && <HunkCards editor={editor} places={places} />}
      {editor !== undefined && <CommentLayer editor={editor} places={comments} />}
      <div className={classes.sheet} data-read-only={!isEditable}>
        <div ref={host} className={prose.prose} />
      </div>
    </>
  );
}

function useEditor(
  open: OpenDocument,
  host: { current: HTMLDivElement | null },
  places: HunkPlaces,
  authorship: Authorship,
  comments: CommentPlaces,
): Editor | undefined {
  const [editor, setEditor] = useState<Editor>();
  useEffect(() => {
    const created = new Editor({
      element: host.current,
      // Read only until the connection says otherwise.
      editable: false,
      extensions: [
        ...documentSchema,
        Collaboration.configure({ document: open.doc, field: "default" }),
        Carets.configure({ awareness: open.provider.awareness }),
        HunkMarks.configure({ places }),
        AuthorshipMarks.configure({ authorship }),
        CommentMarks.configure({ places: comments }),
      ],
      editorProps: {
        scrollThreshold: KEPT_CLEAR,
        scrollMargin: KEPT_CLEAR,
        attributes: { role: "textbox", "aria-multiline": "true", "aria-label": "Document text", spellcheck: "true" },
      },
    });
    setEditor(created);
    return () => {
      setEditor(undefined);
      created.destroy();
    };
  }, [open, host, places, authorship, comments]);
  return editor;
}

function useAuthorship({ doc, provider }: OpenDocument): Authorship {
  const authorship = useMemo(() => new Authorship(provider.roomname, doc), [provider, doc]);
  useEffect(() => authorship.close, [authorship]);
  return authorship;
}
