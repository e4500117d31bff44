import { Stack, Text } from "@mantine/core";

import classes from "./prompts.module.css";
import type { Content } from "./templates";

/** Everything that a version says, for reading. */
export function ContentView({ content }: { content: Content }) {
  return (
    <Stack gap="xs">
      <Text size="sm">{content.description}</Text>
      {content.system !== "" && <pre className={classes.code}>{content.system}</pre>}
      {content.user !== "" && <pre className={classes.code}>{content.user}</pre>}
      {content.examples.map(({ asked, answered }, at) => (
        <pre key={at} className={classes.code} aria-label={`Example ${at + 1}`}>
          {`Asked: ${asked}\nAnswered: ${answered}`}
        </pre>
      ))}
      <dl className={classes.facts}>
        <dt>Model</dt>
        <dd>{content.model}</dd>
        <dt>How freely</dt>
        <dd>{content.preset ?? "as the model does by itself"}</dd>
        <dt>Longest answer</dt>
        <dd>{content.output_tokens_max === null ? "what the tenant allows" : `${content.output_tokens_max} tokens`}</dd>
        <dt>Gives way</dt>
        <dd>{content.gives_way.length === 0 ? "nothing" : content.gives_way.join(", ")}</dd>
        {content.variables.map((one) => (
          <Variable key={one.name} {...one} />
        ))}
      </dl>
    </Stack>
  );
}

function Variable({ name, type, required, characters_max: most, description }: Content["variables"][number]) {
  return (
    <>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>
        {type}, {required ? "required" : "optional"}, at most {most} characters
        {description !== "" && `: ${description}`}
      </dd>
    </>
  );
}
