import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./library.module.css";
import { type BodyKind, useCreateDocument } from "./useCreateDocument";

const TITLE_LENGTH_MAX = 300;

export function CreateDocumentDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  return (
    <Modal.Root opened={isOpen} onClose={close} centered radius="lg" padding="xl">
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Modal.Title className={classes.dialogTitle ?? ""}>New document</Modal.Title>
          <CreateDocumentForm close={close} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function CreateDocumentForm({ close }: { close: () => void }) {
  const create = useCreateDocument();
  const [title, setTitle] = useState("");
  const [body, setBody] = useState<BodyKind>("rich");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void create.run(title.trim() === "" ? "Untitled" : title.trim(), body);
      }}
    >
      <Stack gap="lg">
        <TextInput
          label="Title"
          placeholder="Untitled"
          value={title}
          maxLength={TITLE_LENGTH_MAX}
          onChange={(event) => setTitle(event.currentTarget.value)}
          data-autofocus
        />
        <Radio.Group label="Kind" value={body} onChange={(kind) => setBody(kind as BodyKind)}>
          <div className={classes.kinds}>
            <KindCard value="rich" name="Document" about="Headings, lists, tables, links and images." />
            <KindCard value="plain" name="Plain text" about="Markdown source, code, configuration." />
          </div>
        </Radio.Group>
        {create.problem !== undefined && <ProblemNotice problem={create.problem} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isRunning}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function KindCard({ value, name, about }: { value: BodyKind; name: string; about: string }) {
  return (
    <Radio.Card value={value} className={classes.kind ?? ""} aria-label={`${name}: ${about}`}>
      <Radio.Indicator />
      <span>
        <Text fw={600} size="sm" component="span" display="block">
          {name}
        </Text>
        <Text size="sm" c="dimmed" component="span" display="block">
          {about}
        </Text>
      </span>
    </Radio.Card>
  );
}
