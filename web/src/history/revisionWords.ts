import type { Revision } from "../server/resources";

export function revisionWords(revision: Revision): string {
  switch (revision.kind) {
    case "created":
      return "Created the document";
    case "edited":
      return revision.edits === 1 ? "1 edit" : `${revision.edits} edits`;
    case "renamed":
      return revision.title === null ? "Renamed" : `Renamed to “${revision.title}”`;
    case "archived":
      return "Archived";
    case "restored":
      return "Restored";
  }
}
