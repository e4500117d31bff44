import { ActionIcon, Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";

import { Icon } from "../shell/Icon";
import classes from "./assistant.module.css";

interface Props {
  say: (text: string) => Promise<unknown>;
  isSending: boolean;
  isRunning: boolean;
}

const LENGTH_MAX = 8000;

/** Enter sends, Shift and Enter make a new line. */
export function Composer({ say, isSending, isRunning }: Props) {
  const [typed, setTyped] = useState("");
  const send = async () => {
    const text = typed.trim();
    if (text === "" || isRunning) return;
    setTyped("");
    await say(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        className={classes.field ?? ""}
        aria-label="Your question"
        placeholder="Ask about your documents"
        autosize
        minRows={1}
        maxRows={8}
        maxLength={LENGTH_MAX}
        data-autofocus
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon size={42} type="submit" aria-label="Send" loading={isSending} disabled={isRunning}>
        <Icon name="send" />
      </ActionIcon>
    </form>
  );
}
