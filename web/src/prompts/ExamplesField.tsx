import { Button, Stack, Text, Textarea } from "@mantine/core";

import classes from "./prompts.module.css";
import { type Example, EXAMPLES_MAX } from "./templates";

const EXAMPLE_LENGTH_MAX = 4000;

interface Props {
  examples: readonly Example[];
  put: (examples: Example[]) => void;
}

/** Answers as they should be, shown to the model as turns before its own. */
export function ExamplesField({ examples, put }: Props) {
  const change = (at: number, part: Partial<Example>) => put(examples.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <fieldset className={classes.examples}>
      <legend>Examples</legend>
      <Text size="xs" c="dimmed">
        What was asked once, and an answer as it should be. Plain text; each costs its tokens in every call.
      </Text>
      {examples.map((example, at) => (
        <div key={at} className={classes.example} role="group" aria-label={`Example ${at + 1}`}>
          <Textarea
            label="Asked"
            autosize
            minRows={1}
            maxRows={6}
            maxLength={EXAMPLE_LENGTH_MAX}
            value={example.asked}
            onChange={(event) => change(at, { asked: event.currentTarget.value })}
          />
          <Textarea
            label="Answered"
            autosize
            minRows={1}
            maxRows={6}
            maxLength={EXAMPLE_LENGTH_MAX}
            value={example.answered}
            onChange={(event) => change(at, { answered: event.currentTarget.value })}
          />
          <Button size="xs" variant="subtle" color="gray" onClick={() => put(examples.filter((_, index) => index !== at))} aria-label={`Remove example ${at + 1}`}>
            Remove
          </Button>
        </div>
      ))}
      <Stack align="start">
        <Button size="xs" variant="default" disabled={examples.length >= EXAMPLES_MAX} onClick={() => put([...examples, { asked: "", answered: "" }])}>
          Add an example
        </Button>
      </Stack>
    </fieldset>
  );
}
