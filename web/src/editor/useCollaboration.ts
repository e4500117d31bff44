import { useEffect, useState, useSyncExternalStore } from "react";

import { useSession } from "../session/SessionContext";
import { Collaboration } from "./collaboration";
import type { SyncState } from "./syncState";

/** Opened once for each document, above everything that may be hidden, so that no unsent edit is dropped. */
export function useCollaboration(documentId: string, mayWrite: boolean): Collaboration | undefined {
  const { member } = useSession();
  const [collaboration, setCollaboration] = useState<Collaboration>();
  useEffect(() => {
    const opened = new Collaboration(documentId, member);
    setCollaboration(opened);
    return () => {
      setCollaboration(undefined);
      opened.close();
    };
  }, [documentId, member]);
  useEffect(() => collaboration?.permitWriting(mayWrite), [collaboration, mayWrite]);
  return collaboration;
}

export function useSyncState(collaboration: Collaboration): SyncState {
  return useSyncExternalStore(collaboration.subscribe, () => collaboration.state);
}
