import type { ChainedCommands, Editor } from "@tiptap/core";

import type { IconName } from "../../shell/Icon";

export interface ToolbarCommand {
  name: string;
  icon: IconName;
  keys?: string;
  isActive: (editor: Editor) => boolean;
  run: (chain: ChainedCommands) => ChainedCommands;
}

const always = () => false;

export const markCommands: ToolbarCommand[] = [
  { name: "Bold", icon: "bold", keys: "Mod+B", isActive: (e) => e.isActive("bold"), run: (c) => c.toggleBold() },
  { name: "Italic", icon: "italic", keys: "Mod+I", isActive: (e) => e.isActive("italic"), run: (c) => c.toggleItalic() },
  { name: "Underline", icon: "underline", keys: "Mod+U", isActive: (e) => e.isActive("underline"), run: (c) => c.toggleUnderline() },
  { name: "Strike through", icon: "strike", keys: "Mod+Shift+S", isActive: (e) => e.isActive("strike"), run: (c) => c.toggleStrike() },
  { name: "Highlight", icon: "highlight", keys: "Mod+Shift+H", isActive: (e) => e.isActive("highlight"), run: (c) => c.toggleHighlight() },
  { name: "Code", icon: "code", keys: "Mod+E", isActive: (e) => e.isActive("code"), run: (c) => c.toggleCode() },
];

export const listCommands: ToolbarCommand[] = [
  { name: "Bulleted list", icon: "bulletList", keys: "Mod+Shift+8", isActive: (e) => e.isActive("bulletList"), run: (c) => c.toggleBulletList() },
  { name: "Numbered list", icon: "orderedList", keys: "Mod+Shift+7", isActive: (e) => e.isActive("orderedList"), run: (c) => c.toggleOrderedList() },
  { name: "Task list", icon: "taskList", keys: "Mod+Shift+9", isActive: (e) => e.isActive("taskList"), run: (c) => c.toggleTaskList() },
];

export const blockCommands: ToolbarCommand[] = [
  { name: "Quote", icon: "quote", keys: "Mod+Shift+B", isActive: (e) => e.isActive("blockquote"), run: (c) => c.toggleBlockquote() },
  { name: "Code block", icon: "codeBlock", keys: "Mod+Alt+C", isActive: (e) => e.isActive("codeBlock"), run: (c) => c.toggleCodeBlock() },
  { name: "Dividing line", icon: "rule", isActive: always, run: (c) => c.setHorizontalRule() },
];

export const undoCommands: ToolbarCommand[] = [
  { name: "Undo", icon: "undo", keys: "Mod+Z", isActive: always, run: (c) => c.undo() },
  { name: "Redo", icon: "redo", keys: "Mod+Shift+Z", isActive: always, run: (c) => c.redo() },
];

export interface TableCommand {
  name: string;
  run: (chain: ChainedCommands) => ChainedCommands;
}

export const tableCommands: TableCommand[] = [
  { name: "Row above", run: (c) => c.addRowBefore() },
  { name: "Row below", run: (c) => c.addRowAfter() },
  { name: "Column before", run: (c) => c.addColumnBefore() },
  { name: "Column after", run: (c) => c.addColumnAfter() },
  { name: "Delete row", run: (c) => c.deleteRow() },
  { name: "Delete column", run: (c) => c.deleteColumn() },
  { name: "Header row on or off", run: (c) => c.toggleHeaderRow() },
  { name: "Merge or split cells", run: (c) => c.mergeOrSplit() },
  { name: "Delete table", run: (c) => c.deleteTable() },
];

export const HEADING_LEVELS = [1, 2, 3, 4] as const;

/** The block the caret is in, as the menu names it. */
export function blockName(editor: Editor): string {
  const level = ([1, 2, 3, 4, 5, 6] as const).find((candidate) => editor.isActive("heading", { level: candidate }));
  return level === undefined ? "Text" : `Heading ${level}`;
}
