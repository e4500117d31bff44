import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";

import { csrfHeaders } from "./rest";

const socketScheme = location.protocol === "https:" ? "wss:" : "ws:";

const socket = createClient({
  url: `${socketScheme}//${location.host}/graphql`,
  lazy: true,
  retryAttempts: Number.POSITIVE_INFINITY,
  // A refusal for good (4401, 4403, ...) must not be asked for again and again.
  shouldRetry: (event) => !(event instanceof CloseEvent && event.code >= 4400 && event.code < 4500),
});

/** No normalised cache yet: what is shown live comes from subscriptions and is re-read by REST. */
export const graphql = new Client({
  url: "/graphql",
  preferGetMethod: false,
  fetchOptions: () => ({ credentials: "same-origin", headers: csrfHeaders() }),
  exchanges: [
    subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe(
            { ...request, query: request.query ?? "" },
            {
              next: (result) => sink.next(result as Parameters<typeof sink.next>[0]),
              error: (error) => sink.error(error),
              complete: () => sink.complete(),
            },
          ),
        }),
      }),
    }),
    fetchExchange,
  ],
});

/** Calls when the socket is back after a break, in which events may have gone by. */
export function onReconnected(listener: () => void): () => void {
  return socket.on("connected", (_socket, _payload, wasRetry) => {
    if (wasRetry) listener();
  });
}

/** GraphQL names a document by a global id; REST and the live wire by its bare UUID. */
export function documentNodeId(uuid: string): string {
  return btoa(`Document:${uuid}`);
}
