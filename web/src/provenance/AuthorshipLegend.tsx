import { Button } from "@mantine/core";
import { useState, useSyncExternalStore } from "react";

import { type Contribution, TakeBackDialog } from "../history/TakeBackDialog";
import { ProblemNotice } from "../shell/ProblemNotice";
import { actorName } from "../shell/actorName";
import { authorName, originNames } from "./authorName";
import type { Authorship } from "./authorship";
import classes from "./authorship.module.css";
import { type Author, ORIGINS, type Provenance } from "./provenance";

/** What the marks in the text mean, how much there is of each, and who it was. */
export function AuthorshipLegend({ authorship, mayWrite }: { authorship: Authorship; mayWrite: boolean }) {
  const [asked, setAsked] = useState<Contribution>();
  const { isShown, provenance, problem } = useSyncExternalStore(authorship.subscribe, () => authorship.shown);
  if (!isShown) return null;
  return (
    <section className={classes.legend} aria-label="Who wrote this">
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {provenance !== undefined && <Shares provenance={provenance} />}
      {provenance !== undefined && <Authors provenance={provenance} {...(mayWrite ? { ask: setAsked } : {})} />}
      {asked !== undefined && (
        <TakeBackDialog
          documentId={authorship.documentId}
          contribution={asked}
          close={() => setAsked(undefined)}
          onDone={() => undefined}
        />
      )}
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

function Authors({ provenance, ask }: { provenance: Provenance; ask?: (contribution: Contribution) => void }) {
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
            {ask !== undefined && <TakeBack author={author} ask={ask} />}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Offered for members and for answers of the AI: of others it is not known what they are. */
function TakeBack({ author, ask }: { author: Author; ask: (contribution: Contribution) => void }) {
  const name = authorName(author);
  const whose = contributionOf(author);
  if (whose === undefined) return null;
  return (
    <Button size="compact-xs" variant="subtle" ml={4} aria-label={`Take back what ${name} wrote`} onClick={() => ask(whose)}>
      Take back
    </Button>
  );
}

function contributionOf({ origin, author, generation_id }: Author): Contribution | undefined {
  if (origin === "ai" && generation_id !== null) return { name: "the AI", generationId: generation_id };
  if (origin === "human" && author.kind === "member" && author.id !== null) return { name: actorName(author), memberId: author.id };
  return undefined;
}

/** Never 0 % of something, never 100 % of not everything. */
function percent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share < 1 && share > 0.99) return "> 99 %";
  return `${Math.round(share * 100)} %`;
}
