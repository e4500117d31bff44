import type { DocumentDetails } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";

export function useDocument(id: string) {
  return useResource(`document:${id}`, (signal) => getJson<DocumentDetails>(`/api/v1/documents/${id}`, signal));
}

export function mayWrite(document: DocumentDetails): boolean {
  return document.status !== "archived" && document.viewer_can.includes("document:write");
}
