import { Button } from "@mantine/core";

import { useRestoreDocument } from "../library/useArchiveDocument";
import type { DocumentDetails } from "../server/resources";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./document.module.css";

export function ArchivedNotice({ document, onNews }: { document: DocumentDetails; onNews: () => void }) {
  const restore = useRestoreDocument(onNews);
  const mayRestore = document.viewer_can.includes("document:write");
  return (
    <>
      <div className={classes.trouble}>
        <Icon name="archive" />
        <p>This document is archived. It can be read but not edited.</p>
        {mayRestore && (
          <Button size="xs" loading={restore.isRunning} onClick={() => void restore.run(document.id)}>
            Restore
          </Button>
        )}
      </div>
      {restore.problem !== undefined && <ProblemNotice problem={restore.problem} />}
    </>
  );
}
