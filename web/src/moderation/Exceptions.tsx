import { Button, Text } from "@mantine/core";
import { useEffect, useRef } from "react";

import { removeJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { usePages } from "../server/usePages";
import { actorName } from "../shell/actorName";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import { type RuleException, ruleWords } from "./findings";
import classes from "./moderation.module.css";

/** What rules let pass since somebody decided so. `round` grows with each decision. */
export function Exceptions({ round }: { round: number }) {
  const { items, problem, reload, more } = usePages<RuleException>("/api/v1/moderation/exceptions");
  const end = useCommand(async (id: string) => {
    await removeJson(`/api/v1/moderation/exceptions/${id}`);
    reload();
  });
  const seen = useRef(round);
  useEffect(() => {
    if (seen.current !== round) reload();
    seen.current = round;
  }, [round, reload]);
  return (
    <Loaded resource={{ data: items, problem, reload }} what="the exceptions" height={60}>
      {(exceptions) => (
        <>
          {end.problem !== undefined && <ProblemNotice problem={end.problem} />}
          {exceptions.length === 0 ? (
            <Text size="sm" c="dimmed">
              No rule lets anything pass. An exception is for one sentence, of which only a keyed hash is kept.
            </Text>
          ) : (
            <ul className={classes.findings} aria-label="Exceptions">
              {exceptions.map((exception) => (
                <li key={exception.id} className={classes.finding}>
                  <div className={classes.text}>
                    <p>
                      <strong>{ruleWords(exception.rule)}</strong> lets a sentence pass for{" "}
                      {exception.member === null ? "everybody" : actorName(exception.member)}
                    </p>
                    <p className={classes.meta}>
                      {actorName(exception.added_by)}, <Moment at={exception.added_at} />
                    </p>
                  </div>
                  <Button variant="default" size="xs" disabled={end.isRunning} onClick={() => void end.run(exception.id)}>
                    Take back
                  </Button>
                </li>
              ))}
            </ul>
          )}
          {more !== undefined && (
            <Button variant="default" mt="md" onClick={more}>
              Show more
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}
