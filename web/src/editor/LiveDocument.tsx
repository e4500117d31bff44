import { lazy, type ReactNode, Suspense } from "react";

import { BodySkeleton } from "../history/PastRevision";
import type { Collaboration } from "./collaboration";
import classes from "./document.module.css";
import { type BarProps, DocumentBar } from "./DocumentBar";
import { SyncTrouble } from "./SyncTrouble";
import { takesEdits, wouldLose } from "./syncState";
import { useCollaboration, useSyncState } from "./useCollaboration";
import { mayWrite } from "./useDocument";
import { useLeaveGuard } from "./useLeaveGuard";

const RichEditor = lazy(async () => ({ default: (await import("./RichEditor")).RichEditor }));
const PlainEditor = lazy(async () => ({ default: (await import("./PlainEditor")).PlainEditor }));

interface Props {
  bar: BarProps;
  past: ReactNode;
}

/** The text as it is now, shared with whoever else is here. */
export function LiveDocument({ bar, past }: Props) {
  const collaboration = useCollaboration(bar.document.id, mayWrite(bar.document));
  if (collaboration === undefined) return <BodySkeleton />;
  return <Connected bar={bar} past={past} collaboration={collaboration} />;
}

function Connected({ bar, past, collaboration }: Props & { collaboration: Collaboration }) {
  const state = useSyncState(collaboration);
  useLeaveGuard(wouldLose(state));
  const Body = bar.document.body === "plain" ? PlainEditor : RichEditor;
  const awareness = collaboration.provider.awareness;
  return (
    <>
      <DocumentBar {...bar} mayWrite={mayWrite(bar.document)} sync={state} awareness={awareness} />
      <SyncTrouble state={state} />
      {past}
      {/* Hidden, not gone: unsent edits and the undo stack outlive a look at the past. */}
      <div className={classes.now} hidden={past !== undefined}>
        <Suspense fallback={<BodySkeleton />}>
          {state.kind === "opening" ? <BodySkeleton /> : <Body open={collaboration} isEditable={takesEdits(state)} />}
        </Suspense>
      </div>
    </>
  );
}
