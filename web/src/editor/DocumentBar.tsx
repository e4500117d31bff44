import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Awareness } from "y-protocols/awareness";

import type { DocumentDetails } from "../server/resources";
import { usePermission } from "../session/permissions";
import { Icon, type IconName } from "../shell/Icon";
import classes from "./document.module.css";
import { DocumentMenu } from "./DocumentMenu";
import { DocumentTitle } from "./DocumentTitle";
import { Presence } from "./Presence";
import { SyncChip } from "./SyncChip";
import type { SyncState } from "./syncState";

export interface BarProps {
  document: DocumentDetails;
  onNews: () => void;
  panel: Panel | undefined;
  /** How many proposed changes wait for a decision. */
  waiting: number;
  /** How many threads of comments are open. */
  talks: number;
  toggle: (panel: Panel) => void;
}

type Panel = "history" | "ask" | "suggestions" | "comments";

interface Props extends BarProps {
  mayWrite: boolean;
  sync?: SyncState;
  awareness?: Awareness;
}

export function DocumentBar({ document, onNews, panel, waiting, talks, toggle, mayWrite, sync, awareness }: Props) {
  const mayAsk = usePermission("ai:use") && mayWrite && document.body === "rich";
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
        {mayAsk && <PanelButton panel="ask" name="Ask the AI" icon="ai" shown={panel} toggle={toggle} />}
        <PanelButton panel="suggestions" name="Suggestions" icon="suggestion" shown={panel} toggle={toggle} count={waiting} />
        <PanelButton panel="comments" name="Comments" icon="comment" shown={panel} toggle={toggle} count={talks} counted="open" />
        <PanelButton panel="history" name="History" icon="history" shown={panel} toggle={toggle} />
        <DocumentMenu document={document} mayWrite={mayWrite} onNews={onNews} />
      </div>
    </div>
  );
}

interface PanelButtonProps {
  panel: Panel;
  name: string;
  icon: IconName;
  shown: Panel | undefined;
  toggle: (panel: Panel) => void;
  count?: number;
  counted?: string;
}

function PanelButton({ panel, name, icon, shown, toggle, count = 0, counted = "waiting" }: PanelButtonProps) {
  const isOpen = panel === shown;
  return (
    <Button
      variant={isOpen ? "light" : "subtle"}
      color={isOpen ? "ink" : "gray"}
      className={classes.historyButton ?? ""}
      leftSection={<Icon name={icon} size={16} />}
      aria-expanded={isOpen}
      aria-label={count > 0 ? `${name} ${count} ${counted}` : name}
      title={name}
      onClick={() => toggle(panel)}
    >
      <span className={classes.historyWord}>{name}</span>{" "}
      {count > 0 && <span className={classes.count}>{count}</span>}
    </Button>
  );
}
