import type { Editor } from "@tiptap/core";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";

import type { Cited } from "../history/cited";
import { BodySkeleton, StoredBody } from "../history/StoredBody";
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
  banner: ReactNode;
  /** A moment in the past to be shown instead, or undefined for now. */
  position: number | undefined;
  /** Told whether taking this from the screen would lose edits. */
  onHolding: (isHolding: boolean) => void;
  onEditor: (editor: Editor | undefined) => void;
  cited: Cited | undefined;
}

/** The text as it is now, shared with whoever else is here. */
export function LiveDocument(props: Props) {
  const { document } = props.bar;
  const collaboration = useCollaboration(document.id, mayWrite(document));
  if (collaboration === undefined) return <BodySkeleton />;
  return <Connected {...props} collaboration={collaboration} />;
}

function Connected({ bar, banner, position, onHolding, onEditor, cited, collaboration }: Props & { collaboration: Collaboration }) {
  const state = useSyncState(collaboration);
  const [tools, setTools] = useState<HTMLElement | null>(null);
  const isHolding = wouldLose(state);
  useLeaveGuard(isHolding);
  useEffect(() => onHolding(isHolding), [onHolding, isHolding]);
  const { onNews } = bar;
  // Closed for good means archived, withdrawn or gone: the document itself says which.
  useEffect(() => {
    if (state.kind === "closed") onNews();
  }, [state.kind, onNews]);
  const { document } = bar;
  const isNow = position === undefined;
  const Body = document.body === "plain" ? PlainEditor : RichEditor;
  const awareness = collaboration.provider.awareness;
  return (
    <>
      <div className={classes.top}>
        <DocumentBar {...bar} mayWrite={mayWrite(document)} sync={state} awareness={awareness} />
        <SyncTrouble state={state} />
        {banner}
        <div ref={setTools} hidden={!isNow} />
      </div>
      {!isNow && <StoredBody id={document.id} body={document.body} position={position} cited={cited} />}
      {/* Hidden, not gone: unsent edits and the undo stack outlive a look at the past. */}
      <div hidden={!isNow}>
        <Suspense fallback={<BodySkeleton />}>
          {state.kind === "opening" ? (
            <BodySkeleton />
          ) : (
            <Body open={collaboration} isEditable={takesEdits(state)} tools={tools} onEditor={onEditor} />
          )}
        </Suspense>
      </div>
    </>
  );
}
