import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { isPending, type Suggestion } from "./suggestions";
import { useDocumentSuggestions } from "./useSuggestions";

/** Says when something is proposed or decided; the words that stream in are not read one by one. */
export function Announcer() {
  const { all } = useDocumentSuggestions();
  const known = useRef<Map<string, string>>(undefined);
  const [spoken, setSpoken] = useState("");
  useEffect(() => {
    const now = new Map(all.map((suggestion) => [suggestion.id, fingerprint(suggestion)]));
    const before = known.current;
    known.current = now;
    if (before === undefined) return;
    const changed = all.find(({ id }) => before.get(id) !== now.get(id));
    if (changed !== undefined) setSpoken(words(changed));
  }, [all]);
  return <VisuallyHidden role="status">{spoken}</VisuallyHidden>;
}

function fingerprint({ state, hunks }: Suggestion): string {
  return `${state}:${hunks.filter((hunk) => hunk.state === "open").length}`;
}

function words(suggestion: Suggestion): string {
  const open = suggestion.hunks.filter(({ state }) => state === "open").length;
  const who = suggestion.origin === "ai" ? "The AI" : "Somebody";
  if (suggestion.state === "streaming") return `${who} is writing a suggestion.`;
  if (isPending(suggestion)) return `${who} suggests ${open === 1 ? "1 change" : `${open} changes`}. F8 goes there.`;
  return `A suggestion is ${suggestion.state.replace("_", " ")}.`;
}
