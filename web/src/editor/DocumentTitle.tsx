import { Tooltip } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import classes from "./document.module.css";
import { useRenameDocument } from "./useRenameDocument";

const TITLE_LENGTH_MAX = 300;

interface Props {
  id: string;
  title: string;
  mayRename: boolean;
  onRenamed: () => void;
}

/** The title is where it is read: click it, type, Enter keeps and Escape takes back. */
export function DocumentTitle({ id, title, mayRename, onRenamed }: Props) {
  const [draft, setDraft] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const rename = useRenameDocument(id, onRenamed);
  // The draft stays until the new title has arrived, so that the old one never flashes back.
  useEffect(() => setDraft((held) => (document.activeElement === input.current ? held : undefined)), [title]);

  if (!mayRename) return <h1 className={classes.title}>{title === "" ? "Untitled" : title}</h1>;

  const keep = async () => {
    const wanted = draft?.trim() ?? title;
    if (wanted === "" || wanted === title) return setDraft(undefined);
    const kept = await rename.run(wanted);
    if (kept === undefined) setDraft(wanted);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") input.current?.blur();
    if (event.key !== "Escape") return;
    setDraft(undefined);
    rename.forget();
    // Blur runs after the draft is gone, so that nothing is kept.
    requestAnimationFrame(() => input.current?.blur());
  };
  return (
    <h1 className={classes.title}>
      <Tooltip
        label={rename.problem?.detail ?? ""}
        opened={rename.problem !== undefined}
        color="red"
        position="bottom-start"
        withArrow
      >
        <input
          ref={input}
          className={classes.titleInput}
          aria-label="Title"
          aria-invalid={rename.problem !== undefined}
          value={draft ?? title}
          maxLength={TITLE_LENGTH_MAX}
          placeholder="Untitled"
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={() => void keep()}
          onKeyDown={onKeyDown}
        />
      </Tooltip>
    </h1>
  );
}
