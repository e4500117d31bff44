import { Link } from "@tanstack/react-router";

import { CitationLink } from "../search/CitationLink";
import shell from "../shell/shell.module.css";
import { otherEnd, predicateWords, type Relation } from "./entities";
import classes from "./entities.module.css";

export function Relations({ relations }: { relations: Relation[] }) {
  return (
    <ul className={classes.relations} aria-label="Relations">
      {relations.map((relation) => (
        <li key={`${relation.subject.id}:${relation.predicate}:${relation.object.id}`} className={classes.relation}>
          <p className={classes.statement}>
            <End relation={relation} end="subject" /> <span className={classes.predicate}>{predicateWords(relation.predicate)}</span>{" "}
            <End relation={relation} end="object" />
          </p>
          <details className={classes.evidence}>
            <summary>
              {relation.evidence.length === 1 ? "1 passage says so" : `${relation.evidence.length} passages say so`},{" "}
              {Math.round(relation.confidence * 100)} % sure
            </summary>
            <ul>
              {relation.evidence.map((citation) => (
                <li key={`${citation.document_id}:${citation.start}`}>
                  <CitationLink citation={citation} className={shell.link} />: “{citation.quote ?? citation.text}”
                </li>
              ))}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}

function End({ relation, end }: { relation: Relation; end: "subject" | "object" }) {
  const named = relation[end];
  if (otherEnd(relation) !== named) return <strong>{named.name}</strong>;
  return (
    <Link to="/entities/$id" params={{ id: named.id }} className={shell.link}>
      {named.name}
    </Link>
  );
}
