import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { postJson, putJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Dialog } from "../shell/Dialog";
import { ProblemNotice } from "../shell/ProblemNotice";
import { aliasesOf, type Term } from "./terms";

interface Props {
  /** The term to be changed; without one a new one is defined. */
  term: Term | undefined;
  close: () => void;
  onChanged: () => void;
}

export function TermDialog({ term, close, onChanged }: Props) {
  const [name, setName] = useState(term?.term ?? "");
  const [definition, setDefinition] = useState(term?.definition ?? "");
  const [aliases, setAliases] = useState(term?.aliases.join(", ") ?? "");
  const keep = useCommand(async () => {
    const said = { term: name.trim(), definition: definition.trim(), aliases: aliasesOf(aliases) };
    if (term === undefined) await postJson("/api/v1/terms", said);
    else await putJson(`/api/v1/terms/${term.id}`, said, term.version);
    onChanged();
    close();
  });
  return (
    <Dialog isOpen close={close} title={term === undefined ? "Define a term" : `Change “${term.term}”`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void keep.run();
        }}
      >
        <Stack gap="md">
          <TextInput label="Term" required withAsterisk={false} data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Textarea
            label="Definition"
            required
            withAsterisk={false}
            rows={4}
            value={definition}
            onChange={(event) => setDefinition(event.currentTarget.value)}
          />
          <TextInput
            label="Also called"
            description="Other names and abbreviations, with commas between"
            value={aliases}
            onChange={(event) => setAliases(event.currentTarget.value)}
          />
          {keep.problem !== undefined && <ProblemNotice problem={keep.problem} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={keep.isRunning}>
              {term === undefined ? "Define" : "Change"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
