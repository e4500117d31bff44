import { Tooltip } from "@mantine/core";
import type { Awareness } from "y-protocols/awareness";

import { useSession } from "../session/SessionContext";
import { PersonMark } from "../shell/PersonMark";
import { presenceColors } from "../shell/presenceColor";
import classes from "./document.module.css";
import { usePresence } from "./usePresence";

const SHOWN_MAX = 4;

export function Presence({ awareness }: { awareness: Awareness }) {
  const { member } = useSession();
  const people = usePresence(awareness);
  const colors = presenceColors(people.map(({ id }) => id));
  const others = people.filter(({ id }) => id !== member.id);
  if (others.length === 0) return null;
  const hidden = others.slice(SHOWN_MAX);
  return (
    <ul className={classes.presence} aria-label="Also here">
      {others.slice(0, SHOWN_MAX).map((person) => (
        <li key={person.id}>
          <Tooltip label={`${person.name} is here`}>
            <span role="img" aria-label={person.name}>
              <PersonMark id={person.id} name={person.name} size={30} color={colors.get(person.id)} />
            </span>
          </Tooltip>
        </li>
      ))}
      {hidden.length > 0 && (
        <li className={classes.presenceMore} title={hidden.map(({ name }) => name).join(", ")}>
          +{hidden.length}
        </li>
      )}
    </ul>
  );
}
