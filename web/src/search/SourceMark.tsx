import { useId } from "react";

import type { Citation } from "../server/resources";
import { isShown, type Source } from "./sources";
import { CitationLink } from "./CitationLink";
import classes from "./sources.module.css";

const QUOTE_LENGTH_MAX = 420;

/** A number in the text; pressing it shows the words it rests on and the way to them. */
export function SourceMark({ number, citation }: { number: number; citation: Citation }) {
  const card = useId();
  const text = citation.quote ?? citation.text ?? "";
  return (
    <>
      <button type="button" className={classes.mark} popoverTarget={card} aria-label={`Source ${number}: ${citation.title}`}>
        {number}
      </button>
      <span id={card} popover="auto" className={classes.card} role="note">
        <CitationLink citation={citation} className={classes.title} />
        {(citation.heading ?? "") !== "" && <span className={classes.heading}>{citation.heading}</span>}
        <span className={classes.quote}>“{text.length > QUOTE_LENGTH_MAX ? `${text.slice(0, QUOTE_LENGTH_MAX)}…` : text}”</span>
      </span>
    </>
  );
}

/** All sources of an answer in a row, in the order of their numbers. */
export function SourceList({ sources: all }: { sources: readonly Source[] }) {
  const sources = all.filter(isShown);
  if (sources.length === 0) return null;
  return (
    <ol className={classes.sources} aria-label="Sources">
      {sources.map((citation, index) => (
        <li key={`${citation.document_id}:${citation.start}:${index}`}>
          <SourceMark number={citation.number ?? index + 1} citation={citation} /> <span className={classes.sourceTitle}>{place(citation)}</span>
        </li>
      ))}
    </ol>
  );
}

/** Several passages of one document are told apart by the heading they stand under. */
function place({ title, heading = "" }: Citation): string {
  const nearest = heading.split(" > ").at(-1) ?? "";
  return nearest === "" || nearest === title ? title : `${title}, ${nearest}`;
}
