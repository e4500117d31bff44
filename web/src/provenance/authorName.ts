/** How the view of who wrote what names an author. */

import { actorName } from "../shell/actorName";
import type { Author, Origin } from "./provenance";

export const originNames: Record<Origin, string> = {
  human: "People",
  ai: "AI",
  imported: "Imported",
  api_key: "API keys",
  system: "Colophon",
  unknown: "Unknown",
};

export function authorName({ origin, author, accepted_by, relayed }: Author): string {
  const accepted = accepted_by === null ? "" : `, accepted by ${actorName(accepted_by)}`;
  const passedOn = relayed ? ", passed on by somebody else" : "";
  return `${writer(origin, author)}${accepted}${passedOn}`;
}

function writer(origin: Origin, author: Author["author"]): string {
  switch (origin) {
    case "human":
      return actorName(author);
    case "ai":
      return "AI";
    case "imported":
      return `Imported by ${actorName(author)}`;
    case "api_key":
      return `Sent by ${actorName(author)}`;
    case "system":
      return "Colophon";
    case "unknown":
      return author.kind === "unknown" ? "Nobody knows who" : `Unknown, sent by ${actorName(author)}`;
  }
}
