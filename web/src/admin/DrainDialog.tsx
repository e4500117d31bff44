import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Dialog } from "../shell/Dialog";
import { ProblemNotice } from "../shell/ProblemNotice";

/** Taking a model out of service needs a reason: whoever wonders later finds it in the setting's history. */
export function DrainDialog({ model, close, onChanged }: { model: string; close: () => void; onChanged: () => void }) {
  const [reason, setReason] = useState("");
  const drain = useCommand(async () => {
    await postJson(`/api/v1/providers/${model}/drain`, { reason });
    onChanged();
    close();
  });
  return (
    <Dialog isOpen close={close} title={`Take ${model} out of service?`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void drain.run();
        }}
      >
        <Stack gap="md">
          <Text>Calls that run now end as they would. New ones of this tenant pass it by and go to the next model of the route.</Text>
          <TextInput
            label="Reason"
            required
            withAsterisk={false}
            maxLength={500}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {drain.problem !== undefined && <ProblemNotice problem={drain.problem} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color="danger" disabled={reason.trim() === ""} loading={drain.isRunning}>
              Take out of service
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
