import { type FocusEvent, type KeyboardEvent, useEffect } from "react";

/** Where an arrow key leads among `count` tools, or null when the key does not travel. */
export function nextTool(key: string, current: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (current + 1) % count;
    case "ArrowLeft":
      return (current - 1 + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** One tab stop for the whole bar; arrows travel inside it (the ARIA toolbar pattern). */
export function useRovingFocus(bar: { current: HTMLElement | null }) {
  const tools = () => [...(bar.current?.querySelectorAll<HTMLElement>("[data-tool]") ?? [])];
  const stopAt = (chosen: HTMLElement | undefined) => {
    for (const tool of tools()) tool.tabIndex = tool === chosen ? 0 : -1;
  };

  useEffect(() => {
    stopAt(tools().find((tool) => tool.tabIndex === 0) === undefined ? undefined : tools()[0]);
    // Once: later the tab stop follows the focus.
  }, []);

  return {
    onFocus: (event: FocusEvent) => {
      const tool = (event.target as HTMLElement).closest<HTMLElement>("[data-tool]");
      if (tool !== null) stopAt(tool);
    },
    onKeyDown: (event: KeyboardEvent) => {
      const all = tools();
      const current = all.indexOf(document.activeElement as HTMLElement);
      const next = current < 0 ? null : nextTool(event.key, current, all.length);
      if (next === null) return;
      event.preventDefault();
      all[next]?.focus();
    },
  };
}
