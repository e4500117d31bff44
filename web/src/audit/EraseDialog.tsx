import { Button, Group, Radio, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Dialog } from "../shell/Dialog";
import { ProblemNotice } from "../shell/ProblemNotice";

const WORD = "erase";

/** Two steps: first what and why, then the word. What is done here cannot be undone by anybody. */
export function EraseDialog({ close, onChanged }: { close: () => void; onChanged: () => void }) {
  const [kind, setKind] = useState<"document_id" | "subject_id">("document_id");
  const [id, setId] = useState("");
  const [reason, setReason] = useState("");
  const [isSure, setIsSure] = useState(false);
  const [word, setWord] = useState("");
  const erase = useCommand(async () => {
    await postJson("/api/v1/erasures", { [kind]: id.trim(), reason: reason.trim() });
    onChanged();
    close();
  });
  const submit = () => {
    if (!isSure) setIsSure(true);
    else if (word.trim().toLowerCase() === WORD) void erase.run();
  };
  return (
    <Dialog isOpen close={close} title={isSure ? "Is this what you mean?" : "Erase"}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          {isSure ? (
            <>
              <Text>
                All content of {kind === "document_id" ? "the document" : "the person"} <code>{id.trim()}</code> becomes
                unreadable for ever. Reason on record: “{reason.trim()}”.
              </Text>
              <TextInput
                label={`Type “${WORD}” to go on`}
                autoComplete="off"
                autoCapitalize="off"
                data-autofocus
                value={word}
                onChange={(event) => setWord(event.currentTarget.value)}
              />
            </>
          ) : (
            <>
              <Radio.Group label="What" value={kind} onChange={(value) => setKind(value as typeof kind)}>
                <Group mt={6} gap="lg">
                  <Radio value="document_id" label="A document" />
                  <Radio value="subject_id" label="A person" />
                </Group>
              </Radio.Group>
              <TextInput
                label={kind === "document_id" ? "Id of the document" : "Id of the member"}
                description={kind === "document_id" ? "It stands in the document’s address, after /d/." : "It stands in the record, with what they did."}
                required
                withAsterisk={false}
                value={id}
                onChange={(event) => setId(event.currentTarget.value)}
              />
              <Textarea label="Reason" description="Stays on record." required withAsterisk={false} rows={2} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
            </>
          )}
          {erase.problem !== undefined && <ProblemNotice problem={erase.problem} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={isSure ? () => setIsSure(false) : close}>
              {isSure ? "Back" : "Cancel"}
            </Button>
            <Button
              type="submit"
              loading={erase.isRunning}
              disabled={isSure && word.trim().toLowerCase() !== WORD}
              {...(isSure ? { color: "danger" } : {})}
            >
              {isSure ? "Erase for ever" : "Next"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
