import { useRef } from "react";

import { PlainComments } from "../comments/PlainComments";
import classes from "./document.module.css";
import plain from "./plainText.module.css";
import type { EditorProps } from "./RichEditor";
import { usePlainText } from "./usePlainText";

export function PlainEditor({ open, isEditable }: Pick<EditorProps, "open" | "isEditable">) {
  const area = useRef<HTMLTextAreaElement>(null);
  const { write, onKeyDown } = usePlainText(area, open.doc);
  return (
    <div className={classes.sheet} data-read-only={!isEditable}>
      <div className={plain.box}>
        <PlainComments area={area} doc={open.doc} />
        <textarea
          ref={area}
          className={plain.area}
          aria-label="Document text"
          readOnly={!isEditable}
          spellCheck={false}
          autoCapitalize="off"
          rows={20}
          placeholder={isEditable ? "Write here" : ""}
          onChange={write}
          onKeyDown={onKeyDown}
        />
      </div>
    </div>
  );
}
