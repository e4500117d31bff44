import { remove } from "../server/rest";
import { useCommand } from "../server/useCommand";

export function useSignOut() {
  return useCommand(async () => {
    await remove("/api/v1/session");
    // A full load, so that nothing of this person stays in memory.
    location.assign("/sign-in");
  });
}
