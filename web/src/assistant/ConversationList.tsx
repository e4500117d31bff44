import { ActionIcon, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Icon } from "../shell/Icon";
import classes from "./assistant.module.css";
import type { ConversationSummary } from "./conversations";

interface Props {
  items: ConversationSummary[];
  shown: string | undefined;
  leave: (id: string) => void;
}

export function ConversationList({ items, shown, leave }: Props) {
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No conversations yet. They are yours alone.
      </Text>
    );
  }
  return (
    <ul className={classes.conversations}>
      {items.map(({ id, title }) => {
        const name = title === "" ? "New conversation" : title;
        return (
          <li key={id} data-shown={id === shown} className={classes.conversation}>
            <Link to="/assistant/{-$id}" params={{ id }} className={classes.conversationLink}>
              {name}
            </Link>
            <ActionIcon variant="subtle" color="gray" aria-label={`Delete ${name}`} onClick={() => leave(id)}>
              <Icon name="close" size={15} />
            </ActionIcon>
          </li>
        );
      })}
    </ul>
  );
}
