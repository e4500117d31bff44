import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { ProblemNotice } from "../shell/ProblemNotice";

const SHOW = { "aria-label": "Show the password", tabIndex: 0 };

export function PasswordForm() {
  const [current, setCurrent] = useState("");
  const [wanted, setWanted] = useState("");
  const [isDone, setIsDone] = useState(false);
  const change = useCommand(async () => {
    await postJson("/api/v1/password", { ...(current === "" ? {} : { current }), new: wanted });
    setCurrent("");
    setWanted("");
    setIsDone(true);
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setIsDone(false);
        void change.run();
      }}
    >
      <Stack gap="sm" maw={420}>
        <PasswordInput
          label="Current password"
          description="Leave it empty if you never had one."
          autoComplete="current-password"
          visibilityToggleButtonProps={SHOW}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description="At least 12 characters."
          required
          withAsterisk={false}
          autoComplete="new-password"
          visibilityToggleButtonProps={SHOW}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        {change.problem !== undefined && <ProblemNotice problem={change.problem} />}
        <Button type="submit" w="fit-content" loading={change.isRunning}>
          Change password
        </Button>
        <Text size="sm" role="status">
          {isDone ? "Your password is changed." : ""}
        </Text>
      </Stack>
    </form>
  );
}
