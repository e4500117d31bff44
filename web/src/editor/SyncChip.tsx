import { Tooltip, VisuallyHidden } from "@mantine/core";
import { useEffect, useState } from "react";

import { Icon, type IconName } from "../shell/Icon";
import classes from "./document.module.css";
import { type SyncState, syncExplanation, syncWords } from "./syncState";

const icons: Record<SyncState["kind"], IconName> = {
  opening: "history",
  saved: "check",
  saving: "history",
  offline: "offline",
  readOnly: "eye",
  refused: "alert",
  closed: "alert",
};

export function SyncChip({ state }: { state: SyncState }) {
  return (
    <>
      <Tooltip label={syncExplanation(state)} multiline w={260}>
        <span className={classes.sync} data-state={state.kind} data-slower={state.isSlower} data-testid="sync-state" tabIndex={0}>
          <Icon name={icons[state.kind]} size={15} />
          {syncWords(state)}
        </span>
      </Tooltip>
      <SyncAnnouncer state={state} />
    </>
  );
}

const QUIET_MS = 1200;

/** Speaks once the state has settled: saving and saved alternate with every keystroke. */
function SyncAnnouncer({ state }: { state: SyncState }) {
  const [spoken, setSpoken] = useState("");
  const words = state.kind === "saving" ? null : `${syncWords(state)}. ${syncExplanation(state)}`;
  useEffect(() => {
    if (words === null) return;
    const timer = setTimeout(() => setSpoken(words), QUIET_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return <VisuallyHidden role="status">{spoken}</VisuallyHidden>;
}
