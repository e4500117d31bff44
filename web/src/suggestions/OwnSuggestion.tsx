import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import type { Editor } from "@tiptap/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";
import { selectedBlocks } from "./generations";
import classes from "./suggestions.module.css";

interface Props {
  documentId: string;
  editor: Editor | undefined;
}

interface Begun {
  block_from: number;
  block_to: number;
  quote: string;
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
        Suggest a change to this paragraph
      </Button>
    );
  }
  return <OwnForm documentId={documentId} begun={begun} close={() => setBegun(undefined)} />;
}

function paragraphAt(editor: Editor): Begun {
  const { block_from } = selectedBlocks(editor);
  const quote = editor.state.doc.maybeChild(block_from)?.textContent ?? "";
  return { block_from, block_to: block_from + 1, quote };
}

function OwnForm({ documentId, begun, close }: { documentId: string; begun: Begun; close: () => void }) {
  const [replacement, setReplacement] = useState(begun.quote);
  const [rationale, setRationale] = useState("");
  const suggest = useCommand(async () => {
    await postJson(`/api/v1/documents/${documentId}/suggestions`, { ...begun, replacement, rationale: rationale.trim() });
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
        <Textarea label="As you would have it" description="Empty removes it" autosize minRows={3} maxRows={12} value={replacement} onChange={(event) => setReplacement(event.currentTarget.value)} />
        <TextInput label="Why" value={rationale} onChange={(event) => setRationale(event.currentTarget.value)} />
        {suggest.problem !== undefined && <ProblemNotice problem={suggest.problem} />}
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={close}>
            Cancel
          </Button>
          <Button size="xs" type="submit" disabled={replacement === begun.quote} loading={suggest.isRunning}>
            Suggest
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
