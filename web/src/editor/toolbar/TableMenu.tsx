import { Menu, Tooltip, UnstyledButton } from "@mantine/core";
import type { Editor } from "@tiptap/core";

import { Icon } from "../../shell/Icon";
import { tableCommands } from "./commands";
import classes from "./toolbar.module.css";
import { useEditorFacts } from "./useEditorFacts";

const NEW_TABLE = { rows: 3, cols: 3, withHeaderRow: true };

export function TableMenu({ editor }: { editor: Editor }) {
  const isInTable = useEditorFacts(editor, (current) => String(current.isActive("table"))) === "true";
  return (
    <Menu position="bottom-start" width={220} returnFocus={false}>
      <Menu.Target>
        <Tooltip label="Table" openDelay={400}>
          <UnstyledButton className={classes.button} aria-label="Table" data-active={isInTable} data-tool>
            <Icon name="table" />
          </UnstyledButton>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {isInTable ? (
          tableCommands.map((command) => (
            <Menu.Item key={command.name} onClick={() => command.run(editor.chain().focus()).run()}>
              {command.name}
            </Menu.Item>
          ))
        ) : (
          <Menu.Item onClick={() => editor.chain().focus().insertTable(NEW_TABLE).run()}>Insert a table</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
