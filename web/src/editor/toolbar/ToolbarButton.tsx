import { Tooltip, UnstyledButton } from "@mantine/core";
import type { Editor } from "@tiptap/core";

import { Icon } from "../../shell/Icon";
import type { ToolbarCommand } from "./commands";
import classes from "./toolbar.module.css";
import { useEditorFacts } from "./useEditorFacts";

const isMac = navigator.platform.startsWith("Mac");

function keyWords(keys: string): string {
  return keys.replace("Mod", isMac ? "⌘" : "Ctrl").replace("Alt", isMac ? "⌥" : "Alt").replaceAll("+", isMac ? "" : "+");
}

export function ToolbarButton({ editor, command }: { editor: Editor; command: ToolbarCommand }) {
  const isActive = useEditorFacts(editor, (current) => String(command.isActive(current))) === "true";
  return (
    <Tooltip label={command.keys === undefined ? command.name : `${command.name}  ${keyWords(command.keys)}`} openDelay={400}>
      <UnstyledButton
        className={classes.button}
        aria-label={command.name}
        aria-pressed={isActive}
        data-tool
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => command.run(editor.chain().focus()).run()}
      >
        <Icon name={command.icon} />
      </UnstyledButton>
    </Tooltip>
  );
}
