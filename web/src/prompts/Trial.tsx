import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { money } from "../shell/money";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./prompts.module.css";
import { type Content, type Preview, valuesOf } from "./templates";

/** What a model would be told with a template; none is called. */
export function Trial({ content }: { content: Content }) {
  const [selection, setSelection] = useState("The calibration takes four weeks.");
  const [given, setGiven] = useState("");
  const [shown, setShown] = useState<Preview>();
  const look = useCommand(async () => {
    const variables = valuesOf(given, content.variables);
    setShown(undefined);
    setShown(await postJson<Preview>("/api/v1/templates/previews", { content, selection, instruction: selection, variables }));
  });
  return (
    <Stack gap="xs">
      <Group grow align="start">
        <Textarea
          label="Try it with this text"
          autosize
          minRows={2}
          maxRows={6}
          value={selection}
          onChange={(event) => setSelection(event.currentTarget.value)}
        />
        <Textarea
          label="And these values"
          placeholder="audience = everybody"
          autosize
          minRows={2}
          maxRows={6}
          value={given}
          onChange={(event) => setGiven(event.currentTarget.value)}
        />
      </Group>
      <div>
        <Button variant="default" loading={look.isRunning} onClick={() => void look.run()}>
          Preview
        </Button>
      </div>
      {look.problem !== undefined && <ProblemNotice problem={look.problem} />}
      {shown !== undefined && (
        <section aria-label="What a model would be told">
          <Text size="sm" c="dimmed" mb={4}>
            About {shown.tokens_about} tokens, at most {money(shown.cost_micros_max, shown.currency)} with {shown.model}. {shown.cut}
          </Text>
          <pre className={classes.code}>{shown.turns.map(({ speaker, text }) => `[${speaker}]\n${text}`).join("\n")}</pre>
        </section>
      )}
    </Stack>
  );
}
