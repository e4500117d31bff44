import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Awareness } from "y-protocols/awareness";

import type { DocumentDetails } from "../server/resources";
import { Icon } from "../shell/Icon";
import classes from "./document.module.css";
import { DocumentMenu } from "./DocumentMenu";
import { DocumentTitle } from "./DocumentTitle";
import { Presence } from "./Presence";
import { SyncChip } from "./SyncChip";
import type { SyncState } from "./syncState";

export interface BarProps {
  document: DocumentDetails;
  onNews: () => void;
  isHistoryOpen: boolean;
  toggleHistory: () => void;
}

interface Props extends BarProps {
  mayWrite: boolean;
  sync?: SyncState;
  awareness?: Awareness;
}

export function DocumentBar({ document, onNews, isHistoryOpen, toggleHistory, mayWrite, sync, awareness }: Props) {
  return (
    <div className={classes.bar}>
      <Tooltip label="Library">
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Back to the library" renderRoot={(props) => <Link to="/" {...props} />}>
          <Icon name="back" />
        </ActionIcon>
      </Tooltip>
      <DocumentTitle id={document.id} title={document.title} mayRename={mayWrite} onRenamed={onNews} />
      <div className={classes.barEnd}>
        {sync !== undefined && <SyncChip state={sync} />}
        {awareness !== undefined && <Presence awareness={awareness} />}
        <Button
          variant={isHistoryOpen ? "light" : "subtle"}
          color={isHistoryOpen ? "ink" : "gray"}
          className={classes.historyButton ?? ""}
          leftSection={<Icon name="history" size={16} />}
          aria-expanded={isHistoryOpen}
          aria-label="History"
          onClick={toggleHistory}
        >
          <span className={classes.historyWord}>History</span>
        </Button>
        <DocumentMenu document={document} mayWrite={mayWrite} onNews={onNews} />
      </div>
    </div>
  );
}
