import { Badge, Skeleton, Table, Text, Title } from "@mantine/core";

import type { Member, Page } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { roleWords } from "../session/roles";
import { useSession } from "../session/SessionContext";
import { CopyButton } from "../shell/CopyButton";
import { EmptyState } from "../shell/EmptyState";
import { PersonMark } from "../shell/PersonMark";
import { ProblemNotice } from "../shell/ProblemNotice";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import classes from "./admin.module.css";

export function AdminPage() {
  usePageTitle("Admin");
  const { tenant } = useSession();
  return (
    <div className={shell.page}>
      <Title order={1}>{tenant.name}</Title>
      <Text c="dimmed" mt={4}>
        Who belongs to this tenant and what they may do. Owners, administrators and auditors see this page.
      </Text>
      <dl className={classes.facts}>
        <div>
          <dt>Short name</dt>
          <dd>
            <code>{tenant.slug}</code>
          </dd>
        </div>
        <div>
          <dt>Tenant id</dt>
          <dd>
            <code>{tenant.id}</code>
            <CopyButton value={tenant.id} what="the tenant id" />
          </dd>
        </div>
      </dl>
      <Title order={2} size="h3" mb="sm">
        Members
      </Title>
      <Members />
      <Text size="sm" c="dimmed" mt="md">
        Members are added from the command line: <code>colophon member add EMAIL --tenant {tenant.slug} --role editor</code>
      </Text>
    </div>
  );
}

function useMembers() {
  return useResource("members", (signal) => getJson<Page<Member>>("/api/v1/members", signal));
}

function Members() {
  const members = useMembers();
  if (members.problem?.status === 403) {
    return (
      <EmptyState icon="lock" title="Not for your role">
        The list of members is shown to owners, administrators and auditors. Ask one of them if you need it.
      </EmptyState>
    );
  }
  if (members.problem !== undefined) return <ProblemNotice problem={members.problem} retry={members.reload} />;
  if (members.data === undefined) return <Skeleton height={220} radius="md" />;
  return <MembersTable members={members.data.items} />;
}

function MembersTable({ members }: { members: Member[] }) {
  return (
    <div className={classes.frame}>
      <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="Members">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Person</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th className={classes.status}>Status</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member) => (
            <Table.Tr key={member.id}>
              <Table.Td>
                <div className={classes.person}>
                  <PersonMark id={member.id} name={member.name} size={34} />
                  <div className={classes.personText}>
                    <Text fw={600} size="sm">
                      {member.name}
                    </Text>
                    <Text size="sm" c="dimmed" className={classes.email}>
                      {member.email}
                    </Text>
                  </div>
                </div>
              </Table.Td>
              <Table.Td>{roleWords(member.role)}</Table.Td>
              <Table.Td className={classes.status}>
                <Badge variant="default" radius="sm" className={classes.badge} data-status={member.status}>
                  {member.status}
                </Badge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
