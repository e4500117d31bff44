import { Button, Group, NativeSelect } from "@mantine/core";
import { useState } from "react";

import type { Revision } from "../server/resources";
import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { actorName } from "../shell/actorName";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Dialog } from "../shell/Dialog";
import { DifferenceView } from "./DifferenceView";

interface Props {
  documentId: string;
  position: number;
  revisions: Revision[];
  mayWrite: boolean;
  onRestored: () => void;
}

const NOW = "now";

/** What can be done with a past that is shown: compare it, bring it back. */
export function PastActions({ documentId, position, revisions, mayWrite, onRestored }: Props) {
  const [open, setOpen] = useState<"restore" | "compare">();
  const [with_, setWith] = useState(NOW);
  const restore = useCommand(() => postJson(`/api/v1/documents/${documentId}/restore`, { position }));
  const shown = revisions.find(({ position_to }) => position_to === position);
  const newest = revisions[0]?.position_to ?? position;
  const close = () => {
    setOpen(undefined);
    restore.forget();
  };
  const confirm = async () => {
    if ((await restore.run()) === undefined) return;
    close();
    onRestored();
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen("compare")}>
        Compare
      </Button>
      {mayWrite && (
        <Button size="xs" variant="default" onClick={() => setOpen("restore")}>
          Restore
        </Button>
      )}
      <ConfirmDialog
        isOpen={open === "restore"}
        close={close}
        title="Restore this version?"
        verb="Restore"
        confirm={() => void confirm()}
        isRunning={restore.isRunning}
        problem={restore.problem}
        isDangerous={false}
      >
        The text becomes what it was then. What was written since stays in the history and can be restored, too.
      </ConfirmDialog>
      <Dialog isOpen={open === "compare"} close={close} title="What differs" size="lg">
        <NativeSelect
          label={shown === undefined ? "Compare with" : `Compare revision ${shown.number} with`}
          mb="md"
          value={with_}
          onChange={(event) => setWith(event.currentTarget.value)}
          data={[
            { value: NOW, label: "The text as it is now" },
            ...revisions.filter((one) => one !== shown).map(({ number, author, position_to }) => ({
              value: String(position_to),
              label: `Revision ${number} by ${actorName(author)}`,
            })),
          ]}
        />
        {open === "compare" && (
          <DifferenceView documentId={documentId} one={position} other={with_ === NOW ? newest : Number(with_)} />
        )}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close}>
            Close
          </Button>
        </Group>
      </Dialog>
    </>
  );
}
