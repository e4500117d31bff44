import { Button, Group, Popover, Stack, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Editor } from "@tiptap/core";
import { useState } from "react";

import { Icon, type IconName } from "../../shell/Icon";
import { imageAddress, linkAddress } from "./addresses";
import classes from "./toolbar.module.css";
import { useEditorFacts } from "./useEditorFacts";

interface DialogProps {
  editor: Editor;
  close: () => void;
}

export function LinkTool({ editor }: { editor: Editor }) {
  const isActive = useEditorFacts(editor, (current) => String(current.isActive("link"))) === "true";
  return (
    <AddressTool name="Link" icon="link" isActive={isActive}>
      {(close) => <LinkForm editor={editor} close={close} />}
    </AddressTool>
  );
}

export function ImageTool({ editor }: { editor: Editor }) {
  return (
    <AddressTool name="Image" icon="image" isActive={false}>
      {(close) => <ImageForm editor={editor} close={close} />}
    </AddressTool>
  );
}

interface ToolProps {
  name: string;
  icon: IconName;
  isActive: boolean;
  children: (close: () => void) => React.ReactNode;
}

function AddressTool({ name, icon, isActive, children }: ToolProps) {
  const [isOpen, { close, toggle }] = useDisclosure(false);
  return (
    <Popover opened={isOpen} onDismiss={close} position="bottom" trapFocus returnFocus width={310} shadow="md">
      <Popover.Target>
        <Tooltip label={name} openDelay={400} disabled={isOpen}>
          <UnstyledButton className={classes.button} aria-label={name} data-active={isActive} data-tool onClick={toggle}>
            <Icon name={icon} />
          </UnstyledButton>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>{isOpen && children(close)}</Popover.Dropdown>
    </Popover>
  );
}

function LinkForm({ editor, close }: DialogProps) {
  const held = String(editor.getAttributes("link")["href"] ?? "");
  const [typed, setTyped] = useState(held);
  const [refusal, setRefusal] = useState<string>();
  const keep = () => {
    const href = linkAddress(typed);
    if (href === null) return setRefusal("This does not look like a web address.");
    const chain = editor.chain().focus().extendMarkRange("link");
    const isBare = editor.state.selection.empty && held === "";
    (isBare ? chain.insertContent({ type: "text", text: typed.trim(), marks: [{ type: "link", attrs: { href } }] }) : chain.setLink({ href })).run();
    close();
  };
  const drop = () => {
    editor.chain().focus().extendMarkRange("link").unsetLink().run();
    close();
  };
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event: React.FormEvent) => {
        event.preventDefault();
        keep();
      }}
    >
      <TextInput label="Address" placeholder="https://" value={typed} error={refusal} data-autofocus onChange={(event) => setTyped(event.currentTarget.value)} />
      <Group justify="space-between">
        <Button size="xs" variant="subtle" color="red" onClick={drop} disabled={held === ""}>
          Remove
        </Button>
        <Button size="xs" type="submit">
          Set link
        </Button>
      </Group>
    </Stack>
  );
}

function ImageForm({ editor, close }: DialogProps) {
  const [typed, setTyped] = useState("");
  const [alt, setAlt] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const insert = () => {
    const src = imageAddress(typed, location.origin);
    if (src === null) return setRefusal("Images are shown from this server only, or as data:image addresses.");
    editor.chain().focus().setImage({ src, alt: alt.trim() }).run();
    close();
  };
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event: React.FormEvent) => {
        event.preventDefault();
        insert();
      }}
    >
      <TextInput label="Address" placeholder="/files/…" value={typed} error={refusal} data-autofocus onChange={(event) => setTyped(event.currentTarget.value)} />
      <TextInput
        label="Description"
        description="For people who cannot see it"
        value={alt}
        onChange={(event) => setAlt(event.currentTarget.value)}
      />
      <Button size="xs" type="submit">
        Insert image
      </Button>
    </Stack>
  );
}
