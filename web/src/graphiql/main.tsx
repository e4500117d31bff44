import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./graphiql.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

import { csrfHeaders } from "../server/rest";
import { loadSession } from "../session/loadSession";

const WELCOME = `# Colophon's GraphQL API. Ctrl-Space completes, Ctrl-Enter runs.

query Welcome {
  viewer {
    displayName
    roles
    tenant { name }
  }
  documents(first: 5) {
    nodes { id title version status updatedAt }
    totalCount
  }
}
`;

const socketScheme = location.protocol === "https:" ? "wss:" : "ws:";
const root = document.getElementById("root");
if (root === null) throw new Error("graphiql.html has no #root");

const session = await loadSession().catch(() => null);
if (session === null) {
  location.assign("/sign-in?next=/graphiql");
} else {
  const fetcher = createGraphiQLFetcher({
    url: "/graphql",
    wsClient: createClient({ url: `${socketScheme}//${location.host}/graphql`, lazy: true }),
    headers: csrfHeaders(),
  });
  createRoot(root).render(<GraphiQL fetcher={fetcher} defaultQuery={WELCOME} plugins={[HISTORY_PLUGIN]} />);
}
