import { Menu, UnstyledButton } from "@mantine/core";
import type { Editor } from "@tiptap/core";

import { Icon } from "../../shell/Icon";
import { blockName, HEADING_LEVELS } from "./commands";
import classes from "./toolbar.module.css";
import { useEditorFacts } from "./useEditorFacts";

export function BlockMenu({ editor }: { editor: Editor }) {
  const current = useEditorFacts(editor, blockName);
  return (
    <Menu position="bottom-start" width={200} returnFocus={false}>
      <Menu.Target>
        <UnstyledButton className={classes.blockButton} aria-label={`Kind of paragraph: ${current}`} data-tool>
          <span>{current}</span>
          <Icon name="chevronDown" size={14} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => editor.chain().focus().setParagraph().run()}>Text</Menu.Item>
        {HEADING_LEVELS.map((level) => (
          <Menu.Item
            key={level}
            className={classes.headingItem ?? ""}
            data-level={level}
            onClick={() => editor.chain().focus().setHeading({ level }).run()}
          >
            Heading {level}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
