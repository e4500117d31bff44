import { Button } from "@mantine/core";

import { Icon } from "../shell/Icon";
import classes from "./document.module.css";
import { type SyncState, syncExplanation, wouldLose } from "./syncState";

/** A strip for what cannot heal by waiting, or would cost something if the tab were closed. */
export function SyncTrouble({ state }: { state: SyncState }) {
  const isFinal = state.kind === "closed" || state.kind === "refused";
  const isAtRisk = state.kind === "offline" && wouldLose(state);
  if (!isFinal && !isAtRisk) return null;
  const isSignedOut = state.kind === "closed" && state.code === 4401;
  return (
    <div className={classes.trouble} data-final={isFinal} role={isFinal ? "alert" : undefined}>
      <Icon name={isFinal ? "alert" : "offline"} />
      <p>{syncExplanation(state)}</p>
      {isSignedOut && (
        <Button component="a" size="xs" href={`/sign-in?next=${encodeURIComponent(location.pathname)}`}>
          Sign in
        </Button>
      )}
      {isFinal && !isSignedOut && (
        <Button size="xs" variant="default" onClick={() => location.reload()}>
          Reload
        </Button>
      )}
    </div>
  );
}
