import { Button, Group, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { getJson, putJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { Dialog } from "../shell/Dialog";
import { Loaded } from "../shell/Loaded";
import { ProblemNotice } from "../shell/ProblemNotice";
import { PeoplePicker } from "./PeoplePicker";
import type { Sharing } from "./sharing";

interface Props {
  documentId: string;
  close: () => void;
  onShared: () => void;
}

export function ShareDialog({ documentId, close, onShared }: Props) {
  const path = `/api/v1/documents/${documentId}/sharing`;
  const sharing = useResource(path, (signal) => getJson<Sharing>(path, signal));
  return (
    <Dialog isOpen close={close} title="Share" size="lg">
      <Loaded resource={sharing} what="the sharing">
        {(held) => <ShareForm key={held.version} path={path} held={held} close={close} onShared={onShared} look={sharing.reload} />}
      </Loaded>
    </Dialog>
  );
}

interface FormProps {
  path: string;
  held: Sharing;
  close: () => void;
  onShared: () => void;
  look: () => void;
}

function ShareForm({ path, held, close, onShared, look }: FormProps) {
  const [sharing, setSharing] = useState(held.sharing);
  const [people, setPeople] = useState(held.people);
  const mayShare = held.viewer_can.includes("document:share");
  const keep = useCommand(async () => {
    await putJson(path, { sharing, people: sharing === "tenant" ? [] : people }, held.version);
    onShared();
    close();
  });
  const isConflict = keep.problem?.code === "stream.version_conflict";
  return (
    <Stack gap="lg">
      <Radio.Group
        label="Who may open it"
        value={sharing}
        onChange={(value) => setSharing(value as Sharing["sharing"])}
        readOnly={!mayShare}
      >
        <Stack gap="xs" mt={8}>
          <Radio value="tenant" disabled={!mayShare} label="Everybody in the tenant" description="Each as their role allows" />
          <Radio value="restricted" disabled={!mayShare} label="Only these people" description="And the tenant’s owners, and whoever restricted it" />
        </Stack>
      </Radio.Group>
      {sharing === "restricted" && <PeoplePicker people={people} change={setPeople} mayShare={mayShare} />}
      {!mayShare && (
        <Text size="sm" c="dimmed">
          You can see this, and people who may share documents can change it.
        </Text>
      )}
      {keep.problem !== undefined && (
        <ProblemNotice
          problem={
            isConflict
              ? { ...keep.problem, title: "Somebody else changed this", detail: "The sharing was changed since you opened it. Look at it again; yours was not set." }
              : keep.problem
          }
          {...(isConflict ? { retry: look } : {})}
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {mayShare ? "Cancel" : "Close"}
        </Button>
        {mayShare && (
          <Button loading={keep.isRunning} onClick={() => void keep.run()}>
            Share
          </Button>
        )}
      </Group>
    </Stack>
  );
}
