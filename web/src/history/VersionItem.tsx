import { ActionIcon, Button, Group, Menu, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";

import { putJson, removeJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Dialog } from "../shell/Dialog";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./history.module.css";

export interface NamedVersion {
  id: string;
  label: string;
  position: number;
}

export const LABEL_CHARACTERS_MAX = 200;

interface Props {
  version: NamedVersion;
  /** Of the document's named versions. */
  path: string;
  isShown: boolean;
  mayWrite: boolean;
  show: () => void;
  onChanged: () => void;
}

/** One version that has a name: it is shown, and may get another name or lose it. */
export function VersionItem({ version, path, isShown, mayWrite, show, onChanged }: Props) {
  const [open, setOpen] = useState<"rename" | "remove">();
  const own = `${path}/${version.id}`;
  const remove = useCommand(() => removeJson(own));
  const close = () => {
    setOpen(undefined);
    remove.forget();
  };
  const changed = () => {
    close();
    onChanged();
  };
  return (
    <li className={classes.item}>
      <button type="button" className={classes.revision} aria-pressed={isShown} onClick={show}>
        <span className={classes.author}>{version.label}</span>
      </button>
      {mayWrite && (
        <Menu position="bottom-end" width={160}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`More about ${version.label}`}>
              <Icon name="dots" size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setOpen("rename")}>Rename</Menu.Item>
            <Menu.Item onClick={() => setOpen("remove")}>Remove the name</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Dialog isOpen={open === "rename"} close={close} title="Rename this version">
        {open === "rename" && <RenameForm label={version.label} path={own} close={close} onRenamed={changed} />}
      </Dialog>
      <ConfirmDialog
        isOpen={open === "remove"}
        close={close}
        title={`Remove the name “${version.label}”?`}
        verb="Remove"
        confirm={() => void remove.run().then((done) => done !== undefined && changed())}
        isRunning={remove.isRunning}
        problem={remove.problem}
        isDangerous={false}
      >
        Only the name goes. The text that it names stays in the history.
      </ConfirmDialog>
    </li>
  );
}

interface FormProps {
  label: string;
  path: string;
  close: () => void;
  onRenamed: () => void;
}

function RenameForm({ label, path, close, onRenamed }: FormProps) {
  const [typed, setTyped] = useState(label);
  const rename = useCommand((wanted: string) => putJson(path, { label: wanted }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if ((await rename.run(typed)) !== undefined) onRenamed();
  };
  return (
    <Stack component="form" gap="md" onSubmit={(event: FormEvent) => void submit(event)}>
      <TextInput
        label="Name"
        maxLength={LABEL_CHARACTERS_MAX}
        value={typed}
        data-autofocus
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {rename.problem !== undefined && <ProblemNotice problem={rename.problem} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" loading={rename.isRunning} disabled={typed.trim() === "" || typed === label}>
          Rename
        </Button>
      </Group>
    </Stack>
  );
}
