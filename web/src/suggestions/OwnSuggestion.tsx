import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import type { Editor } from "@tiptap/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";
import { selectedBlocks } from "./generations";
import { paragraphMarkdown } from "./paragraphMarkdown";
import classes from "./suggestions.module.css";

interface Props {
  documentId: string;
  editor: Editor | undefined;
}

interface Begun {
  block_from: number;
  block_to: number;
  /** What stands there, as Markdown; null when it is no paragraph that can be retyped. */
  held: string | null;
}

/** A person's own: for whoever may suggest and not write, and for whoever wants to be asked first. */
export function OwnSuggestion({ documentId, editor }: Props) {
  const [begun, setBegun] = useState<Begun>();
  if (editor === undefined) return null;
  if (begun === undefined) {
    return (
      <Button
        variant="default"
        fullWidth
        mb="md"
        leftSection={<Icon name="suggestion" size={16} />}
        onClick={() => setBegun(paragraphAt(editor))}
      >
        Suggest a change here
      </Button>
    );
  }
  return <OwnForm documentId={documentId} begun={begun} close={() => setBegun(undefined)} />;
}

function paragraphAt(editor: Editor): Begun {
  const { block_from } = selectedBlocks(editor);
  const block = editor.state.doc.maybeChild(block_from);
  return { block_from, block_to: block_from + 1, held: block === null ? null : paragraphMarkdown(block) };
}

function OwnForm({ documentId, begun, close }: { documentId: string; begun: Begun; close: () => void }) {
  const [replacement, setReplacement] = useState(begun.held ?? "");
  const [rationale, setRationale] = useState("");
  const suggest = useCommand(async () => {
    await postJson(`/api/v1/documents/${documentId}/suggestions`, {
      block_from: begun.block_from,
      block_to: begun.block_to,
      replacement,
      rationale: rationale.trim(),
    });
    close();
  });
  return (
    <form
      className={classes.own}
      onSubmit={(event) => {
        event.preventDefault();
        void suggest.run();
      }}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Paragraph {begun.block_from + 1}
        </Text>
        <Textarea label="As you would have it" description={begun.held === null ? "In Markdown, instead of this list, table or code" : "In Markdown; empty removes it"} autosize minRows={3} maxRows={12} value={replacement} onChange={(event) => setReplacement(event.currentTarget.value)} />
        <TextInput label="Why" value={rationale} onChange={(event) => setRationale(event.currentTarget.value)} />
        {suggest.problem !== undefined && <ProblemNotice problem={suggest.problem} />}
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={close}>
            Cancel
          </Button>
          <Button size="xs" type="submit" disabled={replacement === (begun.held ?? "")} loading={suggest.isRunning}>
            Suggest
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
