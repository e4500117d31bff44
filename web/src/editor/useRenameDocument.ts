import { gql } from "@urql/core";

import { graphql, documentNodeId } from "../server/graphql";
import { ProblemError, UNREACHABLE } from "../server/problem";
import { useCommand } from "../server/useCommand";

const RENAME = gql<{ documentRename: RenamePayload }, { input: RenameInput }>`
  mutation RenameDocument($input: DocumentRenameInput!) {
    documentRename(input: $input) {
      document {
        id
        title
        version
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`;

interface RenameInput {
  id: string;
  title: string;
  idempotencyKey: string;
}

interface RenamePayload {
  document: { id: string; title: string; version: number } | null;
  userErrors: { code: string; message: string }[];
}

// No expected version: every keystroke of a colleague raises it, and of two titles the later one is meant.
export function useRenameDocument(id: string, onDone: () => void) {
  return useCommand(async (title: string) => {
    const input = { id: documentNodeId(id), title, idempotencyKey: crypto.randomUUID() };
    const { data, error } = await graphql.mutation(RENAME, { input }).toPromise();
    if (error?.networkError !== undefined) throw new ProblemError(UNREACHABLE);
    const refusal = error?.graphQLErrors[0] ?? data?.documentRename.userErrors[0];
    if (refusal !== undefined) {
      throw new ProblemError({ title: "The title was not changed", status: 422, detail: refusal.message, code: "rename" });
    }
    onDone();
    return title;
  });
}
