import { NumberInput, Select, TextInput } from "@mantine/core";

import classes from "./prompts.module.css";
import { type Content, sectionsOf, SECTIONS } from "./templates";

const OUTPUT_TOKENS_MIN = 16;
const OUTPUT_TOKENS_MAX = 32_768;

interface Props {
  content: Content;
  /** As it is typed: names with commas between. */
  givesWay: string;
  put: (change: Partial<Content>) => void;
  putGivesWay: (typed: string) => void;
}

/** What counts where a caller wishes nothing, and what is cut where room is scarce. */
export function WishesFields({ content, givesWay, put, putGivesWay }: Props) {
  const sections = sectionsOf(givesWay);
  return (
    <div className={classes.wishes}>
      <TextInput
        label="Model"
        description="auto, small, large, or provider/model"
        value={content.model}
        onChange={(event) => put({ model: event.currentTarget.value.trim() })}
      />
      <Select
        label="How freely"
        description="The temperature."
        data={["factual", "balanced", "creative"]}
        value={content.preset}
        clearable
        placeholder="As the model does by itself"
        onChange={(preset) => put({ preset: preset as Content["preset"] })}
      />
      <NumberInput
        label="Longest answer, in tokens"
        description="Empty is what the tenant allows."
        min={OUTPUT_TOKENS_MIN}
        max={OUTPUT_TOKENS_MAX}
        allowDecimal={false}
        hideControls
        value={content.output_tokens_max ?? ""}
        onChange={(tokens) => put({ output_tokens_max: typeof tokens === "number" ? tokens : null })}
      />
      <TextInput
        label="What gives way, first to last"
        description={`Of ${SECTIONS.join(", ")}.`}
        value={givesWay}
        error={"unknown" in sections ? `No part of a prompt is called ${sections.unknown}` : undefined}
        onChange={(event) => putGivesWay(event.currentTarget.value)}
      />
    </div>
  );
}
