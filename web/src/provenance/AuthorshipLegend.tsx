import { useSyncExternalStore } from "react";

import { ProblemNotice } from "../shell/ProblemNotice";
import { authorName, originNames } from "./authorName";
import type { Authorship } from "./authorship";
import classes from "./authorship.module.css";
import { ORIGINS, type Provenance } from "./provenance";

/** What the marks in the text mean, how much there is of each, and who it was. */
export function AuthorshipLegend({ authorship }: { authorship: Authorship }) {
  const { isShown, provenance, problem } = useSyncExternalStore(authorship.subscribe, () => authorship.shown);
  if (!isShown) return null;
  return (
    <section className={classes.legend} aria-label="Who wrote this">
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {provenance !== undefined && <Shares provenance={provenance} />}
      {provenance !== undefined && <Authors provenance={provenance} />}
    </section>
  );
}

function Shares({ provenance }: { provenance: Provenance }) {
  return (
    <ul className={classes.row} aria-label="Shares">
      {ORIGINS.map((origin) => (
        <li key={origin}>
          <span className="authored" data-origin={origin} aria-hidden>
            Aa
          </span>
          {originNames[origin]} <strong>{percent(provenance.shares[origin].share)}</strong>
        </li>
      ))}
    </ul>
  );
}

function Authors({ provenance }: { provenance: Provenance }) {
  const present = provenance.authors.filter(({ characters }) => characters > 0);
  return (
    <details className={classes.authors}>
      <summary>
        {present.length} {present.length === 1 ? "author" : "authors"}
      </summary>
      <ul className={classes.row} aria-label="Authors">
        {present.map((author) => (
          <li key={provenance.authors.indexOf(author)}>
            {authorName(author)} <strong>{percent(author.characters / provenance.characters)}</strong>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Never 0 % of something, never 100 % of not everything. */
function percent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share < 1 && share > 0.99) return "> 99 %";
  return `${Math.round(share * 100)} %`;
}
