import { Button, Group, Textarea } from "@mantine/core";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";

import type { Page, Person } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import classes from "./comments.module.css";
import { offered, sent, typedName, withName } from "./mentions";
import { useDocumentComments } from "./useComments";

const CHARACTERS_MAX = 10_000;

interface Props {
  documentId: string;
  label: string;
  action: string;
  /** What stands there already, and whom it names. */
  held?: { text: string; named: Person[] };
  send: (body: string) => Promise<boolean>;
  cancel: () => void;
}

/** Words, and people in them: an @ offers those who may read the document. */
export function CommentForm({ documentId, label, action, held, send, cancel }: Props) {
  const { isSending } = useDocumentComments();
  const [text, setText] = useState(held?.text ?? "");
  const [picked, setPicked] = useState(held?.named ?? []);
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const area = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [areMany, setAreMany] = useState(false);
  const typed = typedName(text, caret);
  // One page holds most tenants; the server looks in larger ones.
  const begins = areMany && typed !== null ? typed.query : "";
  const readers = useResource(`readers ${documentId} ${begins}`, (signal) =>
    getJson<Page<Person>>(`/api/v1/documents/${documentId}/readers?limit=100&q=${encodeURIComponent(begins)}`, signal),
  );
  useEffect(() => {
    if (typeof readers.data?.next_cursor === "string") setAreMany(true);
  }, [readers.data]);
  const people = typed === null ? [] : offered(readers.data?.items ?? [], typed.query);
  const at = Math.min(chosen, people.length - 1);
  useEffect(() => area.current?.focus(), []);

  const pick = (person: Person | undefined) => {
    if (person === undefined || typed === null) return;
    const put = withName(text, typed.start, caret, person.name);
    setText(put.text);
    setPicked([...picked.filter(({ id }) => id !== person.id), person]);
    setChosen(0);
    setCaret(put.caret);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(put.caret, put.caret);
    });
  };
  const submit = () => {
    if (text.trim() !== "" && !isSending) void send(sent(text, picked));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (people.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      setChosen((at + (event.key === "ArrowDown" ? 1 : people.length - 1)) % people.length);
    } else if (people.length > 0 && (event.key === "Enter" || event.key === "Tab")) pick(people[at]);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
    else if (event.key === "Escape") {
      if (people.length > 0) setCaret(0);
      else cancel();
    } else return;
    event.preventDefault();
  };
  const look = () => setCaret(area.current?.selectionStart ?? 0);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        ref={area}
        label={label}
        description="@ names somebody"
        autosize
        minRows={2}
        maxRows={10}
        maxLength={CHARACTERS_MAX}
        value={text}
        aria-autocomplete="list"
        aria-controls={listId}
        {...(people.length > 0 ? { "aria-activedescendant": `${listId}-${at}` } : {})}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart);
        }}
        onKeyUp={(event) => event.key.startsWith("Arrow") && people.length === 0 && look()}
        onClick={look}
        onKeyDown={onKeyDown}
      />
      <ul id={listId} role="listbox" aria-label="People" className={classes.people} hidden={people.length === 0}>
        {people.map((person, index) => (
          <li
            key={person.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            // Before the words lose the focus.
            onMouseDown={(event) => {
              event.preventDefault();
              pick(person);
            }}
          >
            {person.name}
          </li>
        ))}
      </ul>
      <Group gap="xs" justify="flex-end" mt="xs">
        <Button size="xs" variant="default" onClick={cancel}>
          Cancel
        </Button>
        <Button size="xs" type="submit" disabled={text.trim() === ""} loading={isSending}>
          {action}
        </Button>
      </Group>
    </form>
  );
}
