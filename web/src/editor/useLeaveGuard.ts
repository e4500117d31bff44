import { useBlocker } from "@tanstack/react-router";

/** Asks before a page with unsent edits is left, by link, by reload or by closing the tab. */
export function useLeaveGuard(isUnsent: boolean): void {
  useBlocker({
    shouldBlockFn: ({ current, next }) => {
      if (!isUnsent || current.pathname === next.pathname) return false;
      return !window.confirm("Some edits have not reached the server yet and would be lost. Leave anyway?");
    },
    enableBeforeUnload: () => isUnsent,
  });
}
