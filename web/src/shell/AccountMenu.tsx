import { Button, Text, VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useId, useRef } from "react";

import { roleWords } from "../session/roles";
import { useSession } from "../session/SessionContext";
import { useSignOut } from "../session/useSignOut";
import { Icon } from "./Icon";
import { PersonMark } from "./PersonMark";
import classes from "./header.module.css";

/** The browser's own popover: it closes on Escape and outside clicks without a line of ours. */
export function AccountMenu() {
  const { member, tenant } = useSession();
  const signOut = useSignOut();
  const card = useId();
  const popover = useRef<HTMLDivElement>(null);
  return (
    <>
      <button type="button" className={classes.account} popoverTarget={card}>
        <VisuallyHidden>Account </VisuallyHidden>
        <PersonMark id={member.id} name={member.name} size={30} />
        <span className={classes.accountName}>{member.name}</span>{" "}
        <span className={classes.role}>{member.role}</span>
      </button>
      <div ref={popover} id={card} popover="auto" className={classes.accountCard} role="group" aria-label="Account">
        <Text fw={600}>{member.name}</Text>
        <Text size="sm" c="dimmed" className={classes.breakAnywhere ?? ""}>
          {member.email}
        </Text>
        <Text size="sm" mt={10}>
          {roleWords(member.role)} of <strong>{tenant.name}</strong>
        </Text>
        <Button
          mt="md"
          fullWidth
          variant="default"
          leftSection={<Icon name="lock" size={16} />}
          renderRoot={(props) => <Link to="/account" {...props} onClick={() => popover.current?.hidePopover()} />}
        >
          Password and sessions
        </Button>
        <Button
          mt="xs"
          fullWidth
          variant="default"
          leftSection={<Icon name="signOut" size={16} />}
          loading={signOut.isRunning}
          onClick={() => void signOut.run()}
        >
          Sign out
        </Button>
        {signOut.problem !== undefined && (
          <Text size="sm" mt="xs" role="alert" className={classes.refusal ?? ""}>
            {signOut.problem.title}
          </Text>
        )}
      </div>
    </>
  );
}
