import { useEffect, useState } from "react";
import type { Awareness } from "y-protocols/awareness";

import type { Person } from "../server/resources";

const NAME_LENGTH_MAX = 80;

/** Whom another client says it is, or null when it says nothing usable. */
export function personOf(state: unknown): Person | null {
  const user = (state as { user?: { id?: unknown; name?: unknown } } | null)?.user;
  if (typeof user?.id !== "string" || typeof user.name !== "string") return null;
  return { id: user.id, name: user.name.slice(0, NAME_LENGTH_MAX) };
}

export function peopleIn(awareness: Awareness): Person[] {
  const people = new Map<string, Person>();
  for (const state of awareness.getStates().values()) {
    const person = personOf(state);
    if (person !== null) people.set(person.id, person);
  }
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Who has this document open, each person once however many tabs they have. */
export function usePresence(awareness: Awareness): Person[] {
  const [people, setPeople] = useState<Person[]>([]);
  useEffect(() => {
    const read = () =>
      setPeople((before) => {
        const now = peopleIn(awareness);
        return JSON.stringify(now) === JSON.stringify(before) ? before : now;
      });
    read();
    awareness.on("change", read);
    return () => awareness.off("change", read);
  }, [awareness]);
  return people;
}
