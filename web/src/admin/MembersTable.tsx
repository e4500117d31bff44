import { Badge, Table, Text } from "@mantine/core";

import type { Member } from "../server/resources";
import { roleWords } from "../session/roles";
import { useSession } from "../session/SessionContext";
import { PersonMark } from "../shell/PersonMark";
import shell from "../shell/shell.module.css";
import classes from "./admin.module.css";
import { MemberMenu } from "./MemberMenu";

interface Props {
  members: Member[];
  mayChange: boolean;
  onChanged: () => void;
}

export function MembersTable({ members, mayChange, onChanged }: Props) {
  const { member: me } = useSession();
  return (
    <div className={shell.frame}>
      <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="Members">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Person</Table.Th>
            <Table.Th className={classes.role}>Role</Table.Th>
            <Table.Th className={classes.status}>Status</Table.Th>
            {mayChange && <Table.Th className={classes.tools} aria-label="What to do" />}
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
                      {member.id === me.id && " (you)"}
                    </Text>
                    <Text size="sm" c="dimmed" className={classes.email}>
                      {member.email}
                    </Text>
                    <Text size="sm" c="dimmed" className={classes.roleInline ?? ""}>
                      {roleWords(member.role)}
                      {member.status !== "active" && `, ${member.status}`}
                    </Text>
                  </div>
                </div>
              </Table.Td>
              <Table.Td className={classes.role}>{roleWords(member.role)}</Table.Td>
              <Table.Td className={classes.status}>
                <Badge variant="default" radius="sm" className={classes.badge} data-status={member.status}>
                  {member.status}
                </Badge>
              </Table.Td>
              {mayChange && (
                <Table.Td className={classes.tools}>
                  {member.status !== "removed" && <MemberMenu member={member} onChanged={onChanged} />}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
