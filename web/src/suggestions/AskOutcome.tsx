import { Text } from "@mantine/core";

import { AnswerRating } from "../rating/AnswerRating";
import { SourceList } from "../search/SourceMark";
import { money } from "../shell/money";
import { ProblemNotice } from "../shell/ProblemNotice";
import { failureOf, type Generation, isRunning } from "./generations";
import { modelName } from "./suggestions";
import classes from "./suggestions.module.css";

/** How the request ended: with its model, tokens, cost and sources, or with the reason why it did not. */
export function AskOutcome({ generation }: { generation: Generation }) {
  const failure = failureOf(generation);
  const { state, model, cost_micros: cost, input_tokens: read, output_tokens: written, route_reason: reason, sources } = generation;
  return (
    <>
      <section className={classes.outcome} aria-label="How it went" role="status">
        {isRunning(state) && <Text size="sm">The first words appear in the text as they come.</Text>}
        {state === "succeeded" && (
          <Text size="sm" fw={600}>
            Done. Decide on it in the text: F8 goes there.
          </Text>
        )}
        {state === "cancelled" && (
          <Text size="sm" fw={600}>
            Stopped. Only what was written until then is paid for.
          </Text>
        )}
        {failure !== undefined && <ProblemNotice problem={failure} />}
        {generation.notice !== undefined && generation.notice !== null && <Text size="sm">{generation.notice}</Text>}
        {model !== null && !isRunning(state) && (
          <Text size="sm" c="dimmed">
            {modelName(generation)}
            {reason !== null && ` (${reason.replaceAll("_", " ")})`}
            {read !== null && written !== null && `, ${read} tokens read, ${written} written`}
            {cost !== null && `, ${money(cost, generation.currency ?? undefined)}`}
          </Text>
        )}
        <SourceList sources={sources} />
      </section>
      {state === "succeeded" && <AnswerRating of={{ generationId: generation.id }} />}
    </>
  );
}
