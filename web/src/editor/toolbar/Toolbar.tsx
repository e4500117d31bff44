import type { Editor } from "@tiptap/core";
import { type ReactNode, useEffect, useRef } from "react";

import { ImageTool, LinkTool } from "./AddressDialogs";
import { BlockMenu } from "./BlockMenu";
import { blockCommands, listCommands, markCommands, type ToolbarCommand, undoCommands } from "./commands";
import { TableMenu } from "./TableMenu";
import { ToolbarButton } from "./ToolbarButton";
import classes from "./toolbar.module.css";
import { useRovingFocus } from "./useRovingFocus";

/** `end` is what else belongs to the text, after the tools that change it. */
export function Toolbar({ editor, end }: { editor: Editor; end?: ReactNode }) {
  const bar = useRef<HTMLDivElement>(null);
  const roving = useRovingFocus(bar);
  useAltF10(editor, bar);
  return (
    <div
      ref={bar}
      className={classes.toolbar}
      role="toolbar"
      aria-label="Formatting. Alt F10 comes here from the text, Escape goes back."
      onKeyDown={(event) => (event.key === "Escape" ? editor.commands.focus() : roving.onKeyDown(event))}
      onFocus={roving.onFocus}
    >
      <div className={classes.inner}>
        <Buttons editor={editor} commands={undoCommands} />
        <BlockMenu editor={editor} />
        <Buttons editor={editor} commands={markCommands} />
        <LinkTool editor={editor} />
        <span className={classes.gap} />
        <Buttons editor={editor} commands={listCommands} />
        <Buttons editor={editor} commands={blockCommands} />
        <TableMenu editor={editor} />
        <ImageTool editor={editor} />
        <span className={classes.gap} />
        {end}
      </div>
    </div>
  );
}

function Buttons({ editor, commands }: { editor: Editor; commands: ToolbarCommand[] }) {
  return (
    <>
      {commands.map((command) => (
        <ToolbarButton key={command.name} editor={editor} command={command} />
      ))}
      <span className={classes.gap} />
    </>
  );
}

function useAltF10(editor: Editor, bar: { current: HTMLElement | null }): void {
  useEffect(() => {
    const text = editor.view.dom;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!event.altKey || event.key !== "F10") return;
      event.preventDefault();
      bar.current?.querySelector<HTMLElement>('[data-tool][tabindex="0"]')?.focus();
    };
    text.addEventListener("keydown", onKeyDown);
    return () => text.removeEventListener("keydown", onKeyDown);
  }, [editor, bar]);
}
