import { Radio, Stack } from "@mantine/core";
import { useState } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { ConfirmDialog } from "../shell/ConfirmDialog";

/** Whose contribution: a member's, or that of one answer of the AI. */
export interface Contribution {
  name: string;
  memberId?: string;
  generationId?: string;
  /** What came up to this position of the log can stay. */
  from?: number;
}

interface Props {
  documentId: string;
  contribution: Contribution;
  close: () => void;
  onDone: () => void;
}

const EVERYTHING = "everything";
const SINCE = "since";

/** Asks before it takes back what somebody wrote and deleted, and says what stays. */
export function TakeBackDialog({ documentId, contribution, close, onDone }: Props) {
  const { name, memberId, generationId, from } = contribution;
  const [extent, setExtent] = useState(from === undefined ? EVERYTHING : SINCE);
  const revert = useCommand(() =>
    postJson(`/api/v1/documents/${documentId}/revert`, {
      ...(memberId === undefined ? {} : { member_id: memberId }),
      ...(generationId === undefined ? {} : { generation_id: generationId }),
      ...(extent === SINCE && from !== undefined ? { from } : {}),
    }),
  );
  const confirm = async () => {
    if ((await revert.run()) === undefined) return;
    close();
    onDone();
  };
  return (
    <ConfirmDialog
      isOpen
      close={close}
      title={`Take back what ${name} wrote?`}
      verb="Take it back"
      confirm={() => void confirm()}
      isRunning={revert.isRunning}
      problem={revert.problem}
    >
      <Stack gap="md">
        {from !== undefined && (
          <Radio.Group label="How much" value={extent} onChange={setExtent}>
            <Stack gap={6} mt={6}>
              <Radio value={SINCE} label="From this revision on, up to now" />
              <Radio value={EVERYTHING} label="Everything in this document" />
            </Stack>
          </Radio.Group>
        )}
        <span>
          What was written goes from the text as it is now, and what was deleted with it comes back. What others wrote stays, also
          inside it
          {generationId === undefined ? "; so does text of the AI that they accepted" : ""}. It is one more edit: the history
          keeps everything, and you can undo it.
        </span>
      </Stack>
    </ConfirmDialog>
  );
}
