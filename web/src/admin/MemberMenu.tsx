import { ActionIcon, Menu } from "@mantine/core";
import { useState } from "react";

import type { Member } from "../server/resources";
import { postJson, remove } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { ROLES, roleAbout, roleWords } from "../session/roles";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Icon } from "../shell/Icon";
import { InvitationLink } from "./InvitationLink";
import classes from "./admin.module.css";

interface Props {
  member: Member;
  onChanged: () => void;
}

export function MemberMenu({ member, onChanged }: Props) {
  const [isParting, setIsParting] = useState(false);
  const [link, setLink] = useState<string>();
  const invitation = member.status === "invited" ? member.invitation_id : null;
  const part = useCommand(async () => {
    await remove(invitation === null ? `/api/v1/members/${member.id}` : `/api/v1/members/invitations/${invitation}`);
    setIsParting(false);
    onChanged();
  });
  const resend = useCommand(async () => {
    const made = await postJson<{ url: string | null }>(`/api/v1/members/invitations/${invitation}/resend`, {});
    setLink(made.url ?? undefined);
  });
  return (
    <>
      <Menu position="bottom-end" width={270}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" loading={resend.isRunning} aria-label={`More about ${member.name}`}>
            <Icon name="dots" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {invitation === null ? (
            <Roles member={member} onChanged={onChanged} />
          ) : (
            <Menu.Item leftSection={<Icon name="link" size={16} />} onClick={() => void resend.run()}>
              Make another link
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="close" size={16} />} onClick={() => setIsParting(true)}>
            {invitation === null ? "Remove" : "Take the invitation back"}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        isOpen={isParting}
        close={() => setIsParting(false)}
        title={invitation === null ? `Remove ${member.name}?` : `Take the invitation of ${member.name} back?`}
        verb={invitation === null ? "Remove" : "Take back"}
        confirm={() => void part.run()}
        isRunning={part.isRunning}
        problem={part.problem}
      >
        {invitation === null
          ? "Sessions, keys and open documents close at once. What was written stays, with its author."
          : "The link stops working. You can invite the same person again."}
      </ConfirmDialog>
      <InvitationLink url={link} close={() => setLink(undefined)} />
    </>
  );
}

function Roles({ member, onChanged }: Props) {
  const [wanted, setWanted] = useState<(typeof ROLES)[number]>();
  const change = useCommand(async () => {
    await postJson(`/api/v1/members/${member.id}/role`, { role: wanted });
    setWanted(undefined);
    onChanged();
  });
  return (
    <>
      <Menu.Label>Change the role to</Menu.Label>
      {ROLES.filter((role) => role !== member.role).map((role) => (
        <Menu.Item key={role} closeMenuOnClick={false} onClick={() => setWanted(role)}>
          {roleWords(role)}
          <span className={classes.roleAbout}>{roleAbout(role)}</span>
        </Menu.Item>
      ))}
      <ConfirmDialog
        isOpen={wanted !== undefined}
        close={() => setWanted(undefined)}
        title={`Make ${member.name} ${wanted === undefined ? "" : roleWords(wanted).toLowerCase()}?`}
        verb="Change the role"
        confirm={() => void change.run()}
        isRunning={change.isRunning}
        problem={change.problem}
        isDangerous={false}
      >
        {wanted !== undefined && `${roleAbout(wanted)}. It counts from the next request on.`}
      </ConfirmDialog>
    </>
  );
}
