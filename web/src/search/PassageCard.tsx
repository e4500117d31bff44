import type { Citation } from "../server/resources";
import { CitationLink } from "./CitationLink";
import { pieces } from "./highlights";
import classes from "./search.module.css";

const WAYS: Record<string, string> = {
  lexical: "by its words",
  semantic: "by its meaning",
  vector: "by its meaning",
  graph: "by what it names",
};

export function PassageCard({ citation, headingOrder: Heading = "h2" }: { citation: Citation; headingOrder?: "h2" | "h3" }) {
  const ways = [...new Set((citation.found_by ?? []).map((way) => WAYS[way] ?? way))];
  return (
    <article className={classes.passage}>
      <Heading className={classes.passageTitle}>
        <CitationLink citation={citation} className={classes.passageLink} />
      </Heading>
      {(citation.heading ?? "") !== "" && <p className={classes.passageHeading}>{citation.heading}</p>}
      <blockquote className={classes.passageText}>
        {pieces(citation.text ?? "", citation.highlights ?? []).map(({ text, isMarked }, index) =>
          isMarked ? <mark key={index}>{text}</mark> : <span key={index}>{text.replaceAll(/\n{2,}/g, "\n")}</span>,
        )}
      </blockquote>
      {ways.length > 0 && <p className={classes.passageMeta}>Found {ways.join(", ")}</p>}
    </article>
  );
}
