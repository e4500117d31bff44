import { ActionIcon, NativeSelect, Skeleton, Text } from "@mantine/core";

import { useMembers } from "../admin/useMembers";
import type { Member } from "../server/resources";
import { usePermission } from "../session/permissions";
import { Icon } from "../shell/Icon";
import { PersonMark } from "../shell/PersonMark";
import { type Access, ACCESSES, type Share, withShare } from "./sharing";
import classes from "./sharing.module.css";

interface Props {
  people: Share[];
  change: (people: Share[]) => void;
  mayShare: boolean;
}

export function PeoplePicker({ people, change, mayShare }: Props) {
  const members = useMembers();
  const mayReadMembers = usePermission("member:read");
  if (members.data === undefined && members.problem === undefined) return <Skeleton height={80} />;
  const known = new Map((members.data?.items ?? []).filter(({ status }) => status === "active").map((member) => [member.id, member]));
  const others = [...known.values()].filter(({ id }) => people.every(({ member_id }) => member_id !== id));
  return (
    <div>
      <ul className={classes.people} aria-label="People">
        {people.map((share) => (
          <PersonRow
            key={share.member_id}
            share={share}
            member={known.get(share.member_id)}
            mayShare={mayShare}
            change={(access) => change(withShare(people, share.member_id, access))}
          />
        ))}
      </ul>
      {people.length === 0 && (
        <Text size="sm" c="dimmed" mb="sm">
          Nobody else yet.
        </Text>
      )}
      {mayShare && (
        <NativeSelect
          aria-label="Add somebody"
          value=""
          disabled={others.length === 0}
          onChange={(event) => change(withShare(people, event.currentTarget.value, "read"))}
          data={[{ value: "", label: addWords(others.length, mayReadMembers) }, ...others.map(({ id, name, email }) => ({ value: id, label: `${name} (${email})` }))]}
        />
      )}
    </div>
  );
}

function addWords(others: number, mayReadMembers: boolean): string {
  if (others > 0) return "Add somebody…";
  return mayReadMembers ? "Everybody is here already" : "Your role does not show who else is in the tenant";
}

interface RowProps {
  share: Share;
  member: Member | undefined;
  mayShare: boolean;
  change: (access: Access | null) => void;
}

function PersonRow({ share, member, mayShare, change }: RowProps) {
  const name = member?.name ?? "A member";
  return (
    <li className={classes.person}>
      <PersonMark id={share.member_id} name={name} size={30} />
      <span className={classes.name}>{name}</span>
      <NativeSelect
        aria-label={`What ${name} can do`}
        size="xs"
        value={share.access}
        disabled={!mayShare}
        onChange={(event) => change(event.currentTarget.value as Access)}
        data={ACCESSES}
      />
      {mayShare && (
        <ActionIcon variant="subtle" color="gray" aria-label={`Take ${name} off`} onClick={() => change(null)}>
          <Icon name="close" size={16} />
        </ActionIcon>
      )}
    </li>
  );
}
