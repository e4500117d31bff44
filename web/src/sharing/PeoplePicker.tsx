import { ActionIcon, NativeSelect, Skeleton, Text } from "@mantine/core";

import type { Page, Person } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { Icon } from "../shell/Icon";
import { PersonMark } from "../shell/PersonMark";
import { type Access, ACCESSES, type Share, withShare } from "./sharing";
import classes from "./sharing.module.css";

interface Named extends Person {
  email: string;
}

interface Props {
  people: Share[];
  change: (people: Share[]) => void;
  mayShare: boolean;
}

export function PeoplePicker({ people, change, mayShare }: Props) {
  const tenant = useResource("people", (signal) => getJson<Page<Named>>("/api/v1/people", signal));
  if (tenant.data === undefined && tenant.problem === undefined) return <Skeleton height={80} />;
  const known = new Map((tenant.data?.items ?? []).map((person) => [person.id, person]));
  const others = [...known.values()].filter(({ id }) => people.every(({ member_id }) => member_id !== id));
  return (
    <div>
      <ul className={classes.people} aria-label="People">
        {people.map((share) => (
          <PersonRow
            key={share.member_id}
            share={share}
            person={known.get(share.member_id)}
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
          data={[{ value: "", label: others.length > 0 ? "Add somebody…" : "Everybody is here already" }, ...others.map(({ id, name, email }) => ({ value: id, label: `${name} (${email})` }))]}
        />
      )}
    </div>
  );
}

interface RowProps {
  share: Share;
  person: Named | undefined;
  mayShare: boolean;
  change: (access: Access | null) => void;
}

function PersonRow({ share, person, mayShare, change }: RowProps) {
  const name = person?.name ?? "A member";
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
