import type { Revision } from "../server/resources";

export function revisionWords(revision: Revision): string {
  switch (revision.kind) {
    case "created":
      return "Created the document";
    case "edited":
      return revision.edits === 1 ? "1 edit" : `${revision.edits} edits`;
    case "content_restored":
      return "Brought a former text back";
    case "undone":
      return "Undid an edit of their own";
    case "redone":
      return "Redid what they had undone";
    case "reverted":
      return "Took back what somebody wrote";
    case "renamed":
      return revision.title === null ? "Renamed" : `Renamed to “${revision.title}”`;
    case "archived":
      return "Archived";
    case "restored":
      return "Took it out of the archive";
  }
}
