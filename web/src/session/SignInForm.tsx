import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { ProblemNotice } from "../shell/ProblemNotice";

export function SignInForm({ next }: { next: string }) {
  const [tenant, setTenant] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useCommand(async () => {
    await postJson("/api/v1/session", { tenant: tenant.trim(), email: email.trim(), password });
    // A full load, so that nothing of whoever was here before stays in memory.
    location.assign(next);
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void signIn.run();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Tenant"
          description="Its short name, as your administrator gave it to you"
          required
          withAsterisk={false}
          autoComplete="organization"
          autoCapitalize="off"
          spellCheck={false}
          value={tenant}
          onChange={(event) => setTenant(event.currentTarget.value)}
        />
        <TextInput
          label="E-mail"
          type="email"
          required
          withAsterisk={false}
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          required
          withAsterisk={false}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {signIn.problem !== undefined && <SignInProblem problem={signIn.problem} />}
        <Button type="submit" fullWidth mt="xs" loading={signIn.isRunning}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

/** Here a 401 means a wrong password, not a session that ended. */
function SignInProblem({ problem }: { problem: Parameters<typeof ProblemNotice>[0]["problem"] }) {
  const isWrong = problem.status === 401;
  return (
    <ProblemNotice
      problem={
        isWrong
          ? { title: "That did not match", detail: "Tenant, e-mail or password is not right.", status: 0, code: problem.code }
          : problem
      }
    />
  );
}
