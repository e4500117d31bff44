import { Editor } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import { useEffect, useRef, useState } from "react";

import { Carets } from "./carets";
import type { Collaboration as OpenDocument } from "./collaboration";
import classes from "./document.module.css";
import prose from "./prose.module.css";
import { documentSchema } from "./schema";
import { Toolbar } from "./toolbar/Toolbar";

interface Props {
  open: OpenDocument;
  isEditable: boolean;
}

export function RichEditor({ open, isEditable }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useEditor(open, host);
  useEffect(() => editor?.setEditable(isEditable, false), [editor, isEditable]);
  return (
    <>
      {isEditable && editor !== undefined && <Toolbar editor={editor} />}
      <div className={classes.sheet} data-read-only={!isEditable}>
        <div ref={host} className={prose.prose} />
      </div>
    </>
  );
}

function useEditor(open: OpenDocument, host: { current: HTMLDivElement | null }): Editor | undefined {
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
      ],
      editorProps: {
        attributes: { role: "textbox", "aria-multiline": "true", "aria-label": "Document text", spellcheck: "true" },
      },
    });
    setEditor(created);
    return () => {
      setEditor(undefined);
      created.destroy();
    };
  }, [open, host]);
  return editor;
}
