import { ActionIcon, Button, Skeleton, Text, Title, Tooltip } from "@mantine/core";
import { useState } from "react";

import type { Revision } from "../server/resources";
import { actorName } from "../shell/actorName";
import { Icon } from "../shell/Icon";
import { Moment } from "../shell/Moment";
import { PersonMark } from "../shell/PersonMark";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./history.module.css";
import { NamedVersions } from "./NamedVersions";
import { revisionWords } from "./revisionWords";
import { type Contribution, TakeBackDialog } from "./TakeBackDialog";
import type { Revisions } from "./useRevisions";

interface Props {
  documentId: string;
  mayWrite: boolean;
  /** Changes whenever something happened to the document. */
  news: number;
  history: Revisions;
  shownPosition: number | undefined;
  show: (position: number | undefined) => void;
  /** The text has changed: it is looked at as it is now. */
  onTakenBack: () => void;
  close: () => void;
}

export function HistoryPanel({ documentId, mayWrite, news, history, shownPosition, show, onTakenBack, close }: Props) {
  const { revisions, problem, more, reload } = history;
  const [asked, setAsked] = useState<Contribution>();
  return (
    <aside className={classes.panel} aria-label="History">
      <div className={classes.head}>
        <Title order={2} size="h4">
          History
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the history" onClick={close}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <div className={classes.body}>
        <NamedVersions documentId={documentId} shownPosition={shownPosition} mayWrite={mayWrite} news={news} show={show} />
        {problem !== undefined && <ProblemNotice problem={problem} retry={reload} />}
        {revisions === undefined && problem === undefined && <Loading />}
        <ol className={classes.list} aria-label="Revisions, newest first">
          {revisions?.map((revision, index) => (
            <li key={revision.number} className={classes.item}>
              <RevisionButton
                revision={revision}
                isNow={index === 0}
                isShown={index === 0 ? shownPosition === undefined : shownPosition === revision.position_to}
                show={() => show(index === 0 ? undefined : revision.position_to)}
              />
              {mayWrite && <TakeBackButton revision={revision} ask={setAsked} />}
            </li>
          ))}
        </ol>
        {more !== undefined && (
          <Button variant="subtle" fullWidth mt="xs" onClick={more}>
            Older revisions
          </Button>
        )}
      </div>
      {asked !== undefined && (
        <TakeBackDialog documentId={documentId} contribution={asked} close={() => setAsked(undefined)} onDone={onTakenBack} />
      )}
    </aside>
  );
}

/** Keys and the platform are nobody whose words could be taken back. */
function TakeBackButton({ revision, ask }: { revision: Revision; ask: (contribution: Contribution) => void }) {
  const { kind, author, position_from } = revision;
  if (kind !== "edited" || author.kind !== "member" || author.id === null) return null;
  const [memberId, name] = [author.id, actorName(author)];
  return (
    <Tooltip label={`Take back what ${name} wrote`} openDelay={400}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Take back what ${name} wrote in revision ${revision.number}`}
        onClick={() => ask({ name, memberId, from: position_from - 1 })}
      >
        <Icon name="restore" size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

interface RevisionProps {
  revision: Revision;
  isNow: boolean;
  isShown: boolean;
  show: () => void;
}

function RevisionButton({ revision, isNow, isShown, show }: RevisionProps) {
  const author = actorName(revision.author);
  return (
    <button type="button" className={classes.revision} aria-pressed={isShown} onClick={show}>
      <PersonMark id={revision.author.id ?? ""} name={author} size={30} />
      <span className={classes.text}>
        <span className={classes.author}>{author}</span>
        <span className={classes.what}>{revisionWords(revision)}</span>
        <span className={classes.when}>
          <Moment at={revision.ended_at} />
          {isNow && <span className={classes.now}>Now</span>}
        </span>
      </span>
    </button>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Loading the history">
      {[1, 2, 3].map((row) => (
        <Skeleton key={row} height={54} mb="sm" radius="md" />
      ))}
      <Text size="sm" c="dimmed">
        Reading the record…
      </Text>
    </div>
  );
}
