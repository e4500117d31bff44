import { Code, Text, Title } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";

import { Brand } from "../shell/Brand";
import { CopyButton } from "../shell/CopyButton";
import { Icon } from "../shell/Icon";
import { SchemeToggle } from "../shell/SchemeToggle";
import { usePageTitle } from "../shell/usePageTitle";
import classes from "./signIn.module.css";

const COMMAND = "colophon sign-in-link EMAIL --tenant SLUG";

export function SignInPage() {
  usePageTitle("Sign in");
  const { problem } = useSearch({ from: "/sign-in" });
  return (
    <div>
      <div className={classes.corner}>
        <SchemeToggle />
      </div>
      <main className={classes.main}>
        <div className={classes.card}>
        <Brand />
        {problem !== undefined && <LinkProblem problem={problem} />}
        <Title order={1} className={classes.title}>
          Sign in with your link
        </Title>
        <Text c="dimmed">
          There is no password here. You sign in with a link that is made for you, works once and lasts five minutes.
        </Text>
        <ol className={classes.ways}>
          <li>
            <Text fw={600}>Trying it out?</Text>
            <Text size="sm" c="dimmed">
              The terminal where <Code>make up</Code> runs has printed a link for each demo person. Open one.
            </Text>
          </li>
          <li>
            <Text fw={600}>Member of a tenant?</Text>
            <Text size="sm" c="dimmed">
              Ask your administrator, who makes a link with this command:
            </Text>
            <div className={classes.command}>
              <code>{COMMAND}</code>
              <CopyButton value={COMMAND} what="the command" />
            </div>
          </li>
        </ol>
        </div>
        <p className={classes.foot}>
          A colophon is the note at the end of a book that says who made it, how, and from what.
        </p>
      </main>
    </div>
  );
}

function LinkProblem({ problem }: { problem: string }) {
  const isExpired = problem === "link_expired";
  return (
    <div className={classes.problem} role="alert">
      <Icon name="alert" />
      <div>
        <Text fw={600}>{isExpired ? "This link no longer works" : "That sign-in did not work"}</Text>
        <Text size="sm">
          {isExpired
            ? "A sign-in link works once and for five minutes. Nothing is wrong with your account; just get a new link."
            : "Please get a new link and try again."}
        </Text>
      </div>
    </div>
  );
}
