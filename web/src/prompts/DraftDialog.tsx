import { Button, Group, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Dialog } from "../shell/Dialog";
import { ProblemNotice } from "../shell/ProblemNotice";
import { ExamplesField } from "./ExamplesField";
import { type Content, PURPOSES, sectionsOf, type TemplateDetail, variableLines, variablesOf, withoutEmptyExamples } from "./templates";
import { Trial } from "./Trial";
import { WishesFields } from "./WishesFields";

interface Props {
  name?: string;
  basis?: Content;
  close: () => void;
  onWritten: (name: string) => void;
}

const EMPTY: Content = {
  purpose: "rewrite",
  description: "",
  system: "",
  user: "The text:\n<<<{{ selection }}>>>\n",
  variables: [],
  examples: [],
  preset: null,
  model: "auto",
  output_tokens_max: null,
  gives_way: ["examples", "history", "passages", "context", "terms"],
};

/** The editor of a version; what is saved is a draft, and what was saved is never rewritten. */
export function DraftDialog({ name: fixed, basis = EMPTY, close, onWritten }: Props) {
  const [name, setName] = useState(fixed ?? "");
  const [content, setContent] = useState(basis);
  const [lines, setLines] = useState(variableLines(basis.variables));
  const [givesWay, setGivesWay] = useState(basis.gives_way.join(", "));
  const variables = variablesOf(lines);
  const sections = sectionsOf(givesWay);
  const isWhole = typeof variables !== "string" && !("unknown" in sections);
  const wanted = withoutEmptyExamples({
    ...content,
    variables: typeof variables === "string" ? [] : variables,
    gives_way: "unknown" in sections ? content.gives_way : sections,
  });
  const put = (change: Partial<Content>) => setContent({ ...content, ...change });
  const save = useCommand(async () => {
    await postJson<TemplateDetail>(`/api/v1/templates/${name}/versions`, wanted);
    onWritten(name);
  });
  return (
    <Dialog isOpen close={close} title={fixed === undefined ? "New template" : `Next version of ${fixed}`} size="xl">
      <Stack gap="sm">
        {fixed === undefined && (
          <Group grow align="start">
            <TextInput
              label="Name"
              description="Small letters, digits and hyphens."
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label="For"
              description="What work it is for."
              data={PURPOSES}
              value={content.purpose}
              allowDeselect={false}
              onChange={(purpose) => put({ purpose: purpose ?? content.purpose })}
            />
          </Group>
        )}
        <TextInput
          label="Description"
          value={content.description}
          onChange={(event) => put({ description: event.currentTarget.value })}
        />
        <Textarea
          label="What the model is"
          autosize
          minRows={3}
          maxRows={14}
          value={content.system}
          onChange={(event) => put({ system: event.currentTarget.value })}
        />
        <Textarea
          label="What it is given"
          description="Put what somebody gives between <<< and >>>: there it is data."
          autosize
          minRows={4}
          maxRows={14}
          value={content.user}
          onChange={(event) => put({ user: event.currentTarget.value })}
        />
        <Textarea
          label="Variables"
          description="One in a line, its description last: audience text required 200 For whom."
          autosize
          minRows={2}
          value={lines}
          error={typeof variables === "string" ? `This line is no variable: ${variables}` : undefined}
          onChange={(event) => setLines(event.currentTarget.value)}
        />
        <ExamplesField examples={content.examples} put={(examples) => put({ examples })} />
        <WishesFields content={content} givesWay={givesWay} put={put} putGivesWay={setGivesWay} />
        <Trial content={wanted} />
        {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed">
            Saved as a draft; nobody is told it before it is approved and live.
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button loading={save.isRunning} disabled={name === "" || !isWhole} onClick={() => void save.run()}>
              Save draft
            </Button>
          </Group>
        </Group>
      </Stack>
    </Dialog>
  );
}
