import { ActionIcon, Button, Text, Title } from "@mantine/core";
import type { Editor } from "@tiptap/core";
import { useState } from "react";

import panel from "../history/history.module.css";
import { actorName } from "../shell/actorName";
import { Icon } from "../shell/Icon";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import { AiLabel } from "./AiLabel";
import { OwnSuggestion } from "./OwnSuggestion";
import { type Hunk, hunkWords, isPending, stateWords, type Suggestion } from "./suggestions";
import classes from "./suggestions.module.css";
import { useDocumentSuggestions } from "./useSuggestions";

interface Props {
  documentId: string;
  editor: Editor | undefined;
  maySuggest: boolean;
  close: () => void;
}

export function SuggestionsPanel({ documentId, editor, maySuggest, close }: Props) {
  const { all, problem, refusal } = useDocumentSuggestions();
  const [withDecided, setWithDecided] = useState(false);
  const shown = all.filter((suggestion) => withDecided || isPending(suggestion));
  const decided = all.length - all.filter(isPending).length;
  return (
    <aside className={panel.panel} aria-label="Suggestions">
      <div className={panel.head}>
        <Title order={2} size="h4">
          Suggestions
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the suggestions" onClick={close}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <div className={panel.body}>
        {problem !== undefined && <ProblemNotice problem={problem} />}
        {refusal !== undefined && <ProblemNotice problem={refusal} />}
        {maySuggest && <OwnSuggestion documentId={documentId} editor={editor} />}
        {shown.length === 0 && problem === undefined && (
          <Text size="sm" c="dimmed" mb="sm">
            Nothing is waiting for a decision.
          </Text>
        )}
        <ul className={classes.list} aria-label="List of suggestions">
          {shown.map((suggestion) => (
            <SuggestionItem key={suggestion.id} suggestion={suggestion} />
          ))}
        </ul>
        {decided > 0 && (
          <Button variant="subtle" fullWidth onClick={() => setWithDecided(!withDecided)}>
            {withDecided ? "Only those that wait" : `Decided ones (${decided})`}
          </Button>
        )}
      </div>
    </aside>
  );
}

function SuggestionItem({ suggestion }: { suggestion: Suggestion }) {
  const { decided_by: by, decided_at: at } = suggestion;
  return (
    <li className={classes.item}>
      <div className={classes.itemHead}>
        <AiLabel suggestion={suggestion} />
        <span className={classes.itemState} data-state={suggestion.state}>
          {stateWords(suggestion.state)}
        </span>
      </div>
      {(suggestion.rationale ?? "") !== "" && <p className={classes.rationale}>“{suggestion.rationale}”</p>}
      <ul className={classes.itemHunks}>
        {suggestion.hunks.map((hunk) => (
          <HunkLine key={hunk.index} suggestion={suggestion} hunk={hunk} />
        ))}
      </ul>
      {by !== null && at !== null && (
        <p className={classes.decided}>
          {actorName(by)}, <Moment at={at} />
        </p>
      )}
    </li>
  );
}

/** Also where hunks are decided that have no place in the text any more, and those of plain text. */
function HunkLine({ suggestion, hunk }: { suggestion: Suggestion; hunk: Hunk }) {
  const { pending, decide, deciding, mayDecide } = useDocumentSuggestions();
  const waiting = pending.find(({ key }) => key === `${suggestion.id}:${hunk.index}`);
  const isDeciding = waiting !== undefined && deciding.has(waiting.key);
  const canDecide = waiting !== undefined && mayDecide && !waiting.isStreaming;
  return (
    <li>
      <span>{hunkWords(waiting ?? hunk)}</span>
      {hunk.state === "outdated" && <span className={classes.outdated}>Its text has changed since, so it can no longer be accepted.</span>}
      {(hunk.state === "accepted" || hunk.state === "rejected") && <span className={classes.decided}>{hunk.state}</span>}
      {canDecide && (
        <span className={classes.lineTools}>
          <Button size="compact-xs" variant="light" disabled={isDeciding} onClick={() => void decide(waiting, true)}>
            Accept
          </Button>
          <Button size="compact-xs" variant="default" disabled={isDeciding} onClick={() => void decide(waiting, false)}>
            Reject
          </Button>
        </span>
      )}
    </li>
  );
}
