import { Button, PasswordInput, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";

import type { Role } from "../server/resources";
import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import { usePageTitle } from "../shell/usePageTitle";
import { roleWords } from "./roles";
import { SignedOutPage } from "./SignedOutPage";
import classes from "./signIn.module.css";

interface Invitation {
  tenant: { name: string; slug: string };
  email: string;
  name: string;
  role: Role;
  expires_at: string;
}

/** The secret stands behind the #, where no server's log sees it. */
export function InvitationPage() {
  usePageTitle("Invitation");
  const [secret] = useState(() => location.hash.slice(1));
  const invitation = useResource("invitation", () => postJson<Invitation>("/api/v1/invitations/preview", { secret }));
  return (
    <SignedOutPage>
      {invitation.problem !== undefined && (
        <>
          <Title order={1} className={classes.title} mb="md">
            Invitation
          </Title>
          <ProblemNotice problem={invitation.problem} />
          <Text size="sm" c="dimmed" mt="md">
            An invitation works once and for seven days. Ask whoever invited you for another link.
          </Text>
        </>
      )}
      {invitation.problem === undefined && invitation.data === undefined && <Skeleton height={260} mt="xl" radius="md" />}
      {invitation.data !== undefined && <AcceptForm secret={secret} invitation={invitation.data} />}
    </SignedOutPage>
  );
}

function AcceptForm({ secret, invitation }: { secret: string; invitation: Invitation }) {
  const [name, setName] = useState(invitation.name);
  const [password, setPassword] = useState("");
  const accept = useCommand(async () => {
    await postJson("/api/v1/invitations/accept", { secret, name: name.trim(), password });
    location.assign("/");
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void accept.run();
      }}
    >
      <Title order={1} className={classes.title}>
        Join {invitation.tenant.name}
      </Title>
      <Text c="dimmed" mb="lg">
        {roleWords(invitation.role)}, as {invitation.email}. The invitation ends <Moment at={invitation.expires_at} />.
      </Text>
      <Stack gap="sm">
        <TextInput label="Your name" required withAsterisk={false} autoComplete="name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <PasswordInput
          label="Password"
          description="At least 12 characters. Longer is better than stranger."
          required
          withAsterisk={false}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {accept.problem !== undefined && <ProblemNotice problem={accept.problem} />}
        <Button type="submit" fullWidth mt="xs" loading={accept.isRunning}>
          Join
        </Button>
      </Stack>
    </form>
  );
}
