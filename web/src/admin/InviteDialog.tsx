import { Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Role } from "../server/resources";
import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { ROLES, roleAbout, roleWords } from "../session/roles";
import { Dialog } from "../shell/Dialog";
import { ProblemNotice } from "../shell/ProblemNotice";
import { InvitationLink } from "./InvitationLink";

export function InviteDialog({ close, onChanged }: { close: () => void; onChanged: () => void }) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const [link, setLink] = useState<string>();
  const invite = useCommand(async () => {
    const made = await postJson<{ url: string | null }>("/api/v1/members/invitations", {
      email: email.trim(),
      ...(name.trim() === "" ? {} : { name: name.trim() }),
      role,
    });
    onChanged();
    if (made.url === null) close();
    else setLink(made.url);
  });
  if (link !== undefined) return <InvitationLink url={link} close={close} />;
  return (
    <Dialog isOpen close={close} title="Invite somebody">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void invite.run();
        }}
      >
        <Stack gap="md">
          <TextInput label="E-mail" type="email" required withAsterisk={false} data-autofocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <TextInput label="Name" description="They can change it." value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <NativeSelect
            label="Role"
            description={roleAbout(role)}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
            data={ROLES.map((value) => ({ value, label: roleWords(value) }))}
          />
          {invite.problem !== undefined && <ProblemNotice problem={invite.problem} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={invite.isRunning}>
              Invite
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
