import { Text, Title } from "@mantine/core";

import { PageHead } from "../shell/PageHead";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { PasswordForm } from "./PasswordForm";
import { roleWords } from "./roles";
import { useSession } from "./SessionContext";
import { Sessions } from "./Sessions";

export function AccountPage() {
  usePageTitle("Your account");
  const { member, tenant } = useSession();
  return (
    <div className={shell.page}>
      <PageHead title="Your account">
        {member.name}, {member.email}. {roleWords(member.role)} of {tenant.name}.
      </PageHead>
      <Title order={2} size="h3" mb="sm">
        Where you are signed in
      </Title>
      <Sessions />
      <Title order={2} size="h3" mt="xl" mb={4}>
        Password
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        Changing it signs you out everywhere but here.
      </Text>
      <PasswordForm />
    </div>
  );
}
