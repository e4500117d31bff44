import { gql } from "@urql/core";
import { useEffect } from "react";

import { documentNodeId, graphql, onReconnected } from "../server/graphql";

const DOCUMENT_EVENTS = gql<{ documentEvents: { seq: number; kind: string } }, { documentId: string }>`
  subscription DocumentEvents($documentId: ID!) {
    documentEvents(documentId: $documentId) {
      seq
      kind
    }
  }
`;

const GATHER_MS = 800;

/** Calls `onNews` when something happened to the document, at most once in a while. */
export function useDocumentEvents(id: string, onNews: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const gather = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        onNews();
      }, GATHER_MS);
    };
    const { unsubscribe } = graphql
      .subscription(DOCUMENT_EVENTS, { documentId: documentNodeId(id) })
      .subscribe(({ data }) => {
        if (data !== undefined && data !== null) gather();
      });
    const stopListening = onReconnected(gather);
    return () => {
      clearTimeout(timer);
      stopListening();
      unsubscribe();
    };
  }, [id, onNews]);
}
