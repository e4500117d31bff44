import type { DocumentSummary } from "../server/resources";
import { daysBetween } from "../shell/humanTime";

export interface Section {
  name: string;
  documents: DocumentSummary[];
}

const DAYS_A_WEEK = 7;
const DAYS_A_MONTH = 30;

function sectionName(updated: Date, now: Date): string {
  const days = daysBetween(updated, now);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days < DAYS_A_WEEK) return "This week";
  if (days < DAYS_A_MONTH) return "This month";
  return "Earlier";
}

/** Newest first, under the headings people remember by. */
export function inSections(documents: readonly DocumentSummary[], now: Date): Section[] {
  const newestFirst = [...documents].sort((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at));
  const sections: Section[] = [];
  for (const document of newestFirst) {
    const name = sectionName(new Date(document.updated_at), now);
    const last = sections.at(-1);
    if (last?.name === name) last.documents.push(document);
    else sections.push({ name, documents: [document] });
  }
  return sections;
}
