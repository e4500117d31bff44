import { Badge, Menu, Text, UnstyledButton } from "@mantine/core";

import { roleWords } from "../session/roles";
import { useSession } from "../session/SessionContext";
import { useSignOut } from "../session/useSignOut";
import { Icon } from "./Icon";
import { PersonMark } from "./PersonMark";
import classes from "./shell.module.css";

export function AccountMenu() {
  const { member, tenant } = useSession();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={270} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={`Account of ${member.name}, ${member.role}`}>
          <PersonMark id={member.id} name={member.name} size={30} />
          <span className={classes.accountName}>{member.name}</span>
          <Badge variant="light" size="sm" radius="sm" className={classes.roleBadge}>
            {member.role}
          </Badge>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.accountCard}>
          <Text fw={600}>{member.name}</Text>
          <Text size="sm" c="dimmed" className={classes.breakAnywhere}>
            {member.email}
          </Text>
          <Text size="sm" mt={8}>
            {roleWords(member.role)} of <strong>{tenant.name}</strong>
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="signOut" size={16} />} onClick={() => void signOut.run()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
