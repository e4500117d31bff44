import { ActionIcon, Button, Group, SegmentedControl, Stack, Text, Textarea, Title } from "@mantine/core";
import type { Editor } from "@tiptap/core";
import { useState, useSyncExternalStore } from "react";

import panel from "../history/history.module.css";
import { useFeature } from "../session/permissions";
import { EmptyState } from "../shell/EmptyState";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";
import label from "./aiLabel.module.css";
import { AskOutcome } from "./AskOutcome";
import { AskPrice } from "./AskPrice";
import { isRunning, type Kind, KINDS, refusalWords, selectedBlocks, targetOf, targetWords } from "./generations";
import classes from "./suggestions.module.css";
import { useGeneration } from "./useGeneration";

interface Props {
  documentId: string;
  editor: Editor | undefined;
  close: () => void;
}

export function AskPanel(props: Props) {
  const isOn = useFeature("feature.generation");
  return (
    <aside className={panel.panel} aria-label="Ask the AI">
      <div className={panel.head}>
        <Title order={2} size="h4">
          Ask the AI
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the AI panel" onClick={props.close}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <div className={panel.body}>
        {isOn ? (
          <AskForm {...props} />
        ) : (
          <EmptyState icon="ai" title="AI is switched off">
            An administrator has switched it off. You can go on writing, and suggest changes yourself.
          </EmptyState>
        )}
      </div>
    </aside>
  );
}

const INSTRUCTION_LENGTH_MAX = 4000;

function AskForm({ documentId, editor }: Props) {
  const [kind, setKind] = useState<Kind>("draft");
  const [instruction, setInstruction] = useState("");
  const { ask, generation, stop } = useGeneration(documentId);
  const selection = useSelection(editor);
  const target = targetOf(kind, selection?.blocks, selection?.isEmpty ?? true);
  const isBusy = ask.isRunning || (generation !== undefined && isRunning(generation.state));
  const needs = KINDS.find(({ value }) => value === kind)?.needs ?? "";
  const isReady = kind === "summarise" || instruction.trim() !== "";
  return (
    <Stack gap="md">
      <form
        className={classes.ask}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isBusy) void ask.run(kind, instruction.trim(), target);
        }}
      >
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="What to do"
          value={kind}
          onChange={(value) => setKind(value as Kind)}
          data={KINDS.map(({ value, label }) => ({ value, label }))}
        />
        <Textarea
          label={needs}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={INSTRUCTION_LENGTH_MAX}
          value={instruction}
          onChange={(event) => setInstruction(event.currentTarget.value)}
        />
        <dl className={`${label.facts} ${classes.used}`}>
          <div>
            <dt>Where</dt>
            <dd>{targetWords(kind, target)}</dd>
          </div>
          <AskPrice />
        </dl>
        {ask.problem !== undefined && <ProblemNotice problem={refusalWords(ask.problem)} />}
        <Group gap="xs" wrap="nowrap">
          <Button type="submit" fullWidth leftSection={<Icon name="ai" size={16} />} loading={ask.isRunning} disabled={!isReady || isBusy}>
            {isBusy ? "Writing…" : "Ask"}
          </Button>
          {isBusy && generation !== undefined && (
            <Button variant="default" flex="none" leftSection={<Icon name="stop" size={14} />} onClick={stop}>
              Stop
            </Button>
          )}
        </Group>
      </form>
      {generation !== undefined && <AskOutcome generation={generation} />}
      <Text size="xs" c="dimmed">
        What comes is a suggestion: everybody here sees it, nothing of it is in the text, in exports or in search until
        somebody accepts it.
      </Text>
    </Stack>
  );
}

/** The blocks under the selection, drawn anew only when they are others. */
function useSelection(editor: Editor | undefined) {
  const told = useSyncExternalStore(
    (changed) => {
      editor?.on("transaction", changed);
      return () => editor?.off("transaction", changed);
    },
    () =>
      editor === undefined || editor.isDestroyed
        ? ""
        : JSON.stringify({ blocks: selectedBlocks(editor), isEmpty: editor.state.selection.empty }),
  );
  return told === "" ? undefined : (JSON.parse(told) as { blocks: ReturnType<typeof selectedBlocks>; isEmpty: boolean });
}
