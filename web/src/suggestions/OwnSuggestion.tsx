import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import type { Editor } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { useState } from "react";

import { type Problem, ProblemError } from "../server/problem";
import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";
import { selectedBlocks } from "./generations";
import { paragraphMarkdown } from "./paragraphMarkdown";
import { placeOfBlock, quoteOf } from "./suggestedBlock";
import classes from "./suggestions.module.css";

interface Props {
  documentId: string;
  editor: Editor | undefined;
}

interface Begun {
  at: number;
  /** As it was then: others may edit while the form is open. */
  block: Node | null;
  /** What stands there, as Markdown; null when it is no paragraph that can be retyped. */
  held: string | null;
}

const CHANGED: Problem = {
  status: 409,
  code: "suggestion.place_changed",
  title: "Somebody has changed this paragraph",
  detail: "Copy what you have written, cancel and suggest it anew.",
};

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
  return <OwnForm documentId={documentId} editor={editor} begun={begun} close={() => setBegun(undefined)} />;
}

function paragraphAt(editor: Editor): Begun {
  const { block_from } = selectedBlocks(editor);
  const block = editor.state.doc.maybeChild(block_from);
  return { at: block_from, block, held: block === null ? null : paragraphMarkdown(block) };
}

interface FormProps {
  documentId: string;
  editor: Editor;
  begun: Begun;
  close: () => void;
}

function OwnForm({ documentId, editor, begun, close }: FormProps) {
  const [replacement, setReplacement] = useState(begun.held ?? "");
  const [rationale, setRationale] = useState("");
  const suggest = useCommand(async () => {
    const at = begun.block === null ? null : placeOfBlock(editor.state.doc, begun.block);
    if (at === null) throw new ProblemError(CHANGED);
    await postJson(`/api/v1/documents/${documentId}/suggestions`, {
      block_from: at,
      block_to: at + 1,
      quote: quoteOf(editor.state.doc.child(at)),
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
          Paragraph {begun.at + 1}
        </Text>
        <Textarea label="As you would have it" description={begun.held === null ? "In Markdown, instead of this list, table or code" : "In Markdown; empty removes it"} autosize minRows={3} maxRows={12} value={replacement} onChange={(event) => setReplacement(event.currentTarget.value)} />
        <TextInput label="Why" placeholder="Optional" value={rationale} onChange={(event) => setRationale(event.currentTarget.value)} />
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
