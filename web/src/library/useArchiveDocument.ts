import { post, remove } from "../server/rest";
import { useCommand } from "../server/useCommand";

export function useArchiveDocument(onDone: () => void) {
  return useCommand(async (id: string) => {
    await post(`/api/v1/documents/${id}/archival`);
    onDone();
  });
}

export function useRestoreDocument(onDone: () => void) {
  return useCommand(async (id: string) => {
    await remove(`/api/v1/documents/${id}/archival`);
    onDone();
  });
}
