import type { Cited } from "./cited";

/** A stored fragment as it is shown: its checkboxes tell their task and cannot be ticked in the past. */
export function forReading(html: string, cited?: Cited): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  if (cited !== undefined) for (const block of [...body.children].slice(...cited.blocks)) block.classList.add("cited");
  for (const box of body.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')) {
    const item = box.closest("li");
    box.disabled = true;
    if (item?.dataset["checked"] === "true") box.setAttribute("checked", "");
    box.setAttribute("aria-label", `Done: ${item?.textContent.trim() ?? "task"}`);
  }
  return body.innerHTML;
}
