import { Button, Group, Stack, Text } from "@mantine/core";

import { CopyButton } from "../shell/CopyButton";
import { Dialog } from "../shell/Dialog";
import classes from "./admin.module.css";

/** Shown once: the server keeps only what the secret's hash is. */
export function InvitationLink({ url, close }: { url: string | undefined; close: () => void }) {
  return (
    <Dialog isOpen={url !== undefined} close={close} title="Give them this link">
      <Stack gap="md">
        <Text>It works once and for seven days, and it is shown only now.</Text>
        <div className={classes.linkBox}>
          <code>{url}</code>
          <CopyButton value={url ?? ""} what="the link" />
        </div>
        <Group justify="flex-end">
          <Button onClick={close}>Done</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
