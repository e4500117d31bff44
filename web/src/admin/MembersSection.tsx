import { Button, Switch, Text } from "@mantine/core";
import { useState } from "react";

import { usePermission } from "../session/permissions";
import { useSession } from "../session/SessionContext";
import { CopyButton } from "../shell/CopyButton";
import { Icon } from "../shell/Icon";
import { Loaded } from "../shell/Loaded";
import classes from "./admin.module.css";
import { InviteDialog } from "./InviteDialog";
import { MembersTable } from "./MembersTable";
import { useMembers } from "./useMembers";

export function MembersSection() {
  const [withRemoved, setWithRemoved] = useState(false);
  const members = useMembers(withRemoved);
  const mayChange = usePermission("member:write");
  const [isInviting, setIsInviting] = useState(false);
  return (
    <>
      <div className={classes.sectionBar}>
        <Switch
          label="Show those who left"
          checked={withRemoved}
          onChange={(event) => setWithRemoved(event.currentTarget.checked)}
        />
        {mayChange && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setIsInviting(true)}>
            Invite somebody
          </Button>
        )}
      </div>
      <Loaded resource={members} what="the members" forWhom="The list of members is shown to owners, administrators and auditors.">
        {({ items }) => <MembersTable members={items} mayChange={mayChange} onChanged={members.reload} />}
      </Loaded>
      <TenantFacts />
      {isInviting && <InviteDialog close={() => setIsInviting(false)} onChanged={members.reload} />}
    </>
  );
}

function TenantFacts() {
  const { tenant } = useSession();
  return (
    <>
      <dl className={classes.facts}>
        <div>
          <dt>Short name, for signing in</dt>
          <dd>
            <code>{tenant.slug}</code>
            <CopyButton value={tenant.slug} what="the short name" />
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
      <Text size="sm" c="dimmed">
        API keys are made on the command line: <code>colophon key create --tenant {tenant.slug} --member EMAIL</code>
      </Text>
    </>
  );
}
