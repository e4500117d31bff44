import { Button, Code, Group, Text } from "@mantine/core";

import type { Problem } from "../server/problem";
import { CopyButton } from "./CopyButton";
import { Icon } from "./Icon";
import classes from "./notices.module.css";

interface Props {
  problem: Problem;
  retry?: () => void;
}

/** A refusal in the reader's words, with the request id that support will ask for. */
export function ProblemNotice({ problem, retry }: Props) {
  const isSignedOut = problem.status === 401;
  const next = encodeURIComponent(location.pathname + location.search);
  return (
    <section className={classes.problem} role="alert">
      <span className={classes.problemIcon}>
        <Icon name={problem.status === 403 ? "lock" : "alert"} />
      </span>
      <div className={classes.problemBody}>
        <Text fw={600}>{isSignedOut ? "You are signed out" : problem.title}</Text>
        <Text size="sm" c="dimmed">
          {isSignedOut ? "Your session has ended. Sign in again to carry on where you were." : problem.detail}
        </Text>
        {problem.request_id !== undefined && (
          <Group gap={6} mt={8}>
            <Text size="xs" c="dimmed" component="span">
              Request
            </Text>
            <Code className={classes.requestId}>{problem.request_id}</Code>
            <CopyButton value={problem.request_id} what="the request id" />
          </Group>
        )}
        <Group mt="sm" gap="xs">
          {isSignedOut && (
            <Button component="a" href={`/sign-in?next=${next}`} size="xs">
              Sign in
            </Button>
          )}
          {retry !== undefined && !isSignedOut && (
            <Button size="xs" variant="default" onClick={retry}>
              Try again
            </Button>
          )}
        </Group>
      </div>
    </section>
  );
}
