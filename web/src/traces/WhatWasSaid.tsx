import { Button, Text } from "@mantine/core";
import { useState } from "react";

import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { usePermission } from "../session/permissions";
import { Loaded } from "../shell/Loaded";
import classes from "./traces.module.css";

interface Content {
  kept_at: string;
  turns: { speaker: string; text: string }[];
}

/** Asked for only when somebody wants it: that somebody looked is recorded. */
export function WhatWasSaid({ callId }: { callId: string }) {
  const [isWanted, want] = useState(false);
  const mayRead = usePermission("moderation:review");
  if (!mayRead) return null;
  return (
    <div className={classes.said}>
      {isWanted ? (
        <Turns callId={callId} />
      ) : (
        <Button variant="default" size="xs" onClick={() => want(true)}>
          Show what was said
        </Button>
      )}
    </div>
  );
}

function Turns({ callId }: { callId: string }) {
  const content = useResource(`said:${callId}`, (signal) => getJson<Content>(`/api/v1/traces/${callId}/content`, signal));
  if (content.problem?.code === "ai.content_not_kept") {
    return (
      <Text size="sm" c="dimmed" role="status">
        Nothing is kept of what was said, or it rests on what you may not read. How long it is kept is the setting
        ai.trace_content_hours; an erasure ends it.
      </Text>
    );
  }
  return (
    <Loaded resource={content} what="what was said">
      {(data) => (
        <section aria-label="What was said">
          <Text size="sm" c="dimmed">
            Personal data is replaced by placeholders.
          </Text>
          <ol className={classes.turns}>
            {data.turns.map((turn, index) => (
              <li key={index}>
                <span className={classes.speaker}>{turn.speaker}</span>
                <p className={classes.words}>{turn.text.trim()}</p>
              </li>
            ))}
          </ol>
        </section>
      )}
    </Loaded>
  );
}
