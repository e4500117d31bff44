import { Code, Text, Title } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";

import { CopyButton } from "../shell/CopyButton";
import { Icon } from "../shell/Icon";
import { usePageTitle } from "../shell/usePageTitle";
import { localPath } from "./localPath";
import { SignedOutPage } from "./SignedOutPage";
import { SignInForm } from "./SignInForm";
import classes from "./signIn.module.css";

const COMMAND = "colophon sign-in-link EMAIL --tenant SLUG";

export function SignInPage() {
  usePageTitle("Sign in");
  const { problem, next } = useSearch({ from: "/sign-in" });
  return (
    <SignedOutPage>
      {problem !== undefined && <LinkProblem problem={problem} />}
      <Title order={1} className={classes.title} mb="md">
        Sign in
      </Title>
      <SignInForm next={localPath(next)} />
      <section className={classes.ways} aria-label="Sign in with a link">
        <div>
          <Text fw={600}>Trying it out?</Text>
          <Text size="sm" c="dimmed">
            The terminal where <Code>make up</Code> runs has printed a link for each demo person. Open one: it works once
            and lasts five minutes.
          </Text>
        </div>
        <div>
          <Text fw={600}>No password yet?</Text>
          <Text size="sm" c="dimmed">
            Ask your administrator for an invitation, or for a link made with this command:
          </Text>
          <div className={classes.command}>
            <code>{COMMAND}</code>
            <CopyButton value={COMMAND} what="the command" />
          </div>
        </div>
      </section>
    </SignedOutPage>
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
