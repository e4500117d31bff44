import { ActionIcon, Button, Text, Title } from "@mantine/core";
import { useState } from "react";

import panel from "../history/history.module.css";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";
import { CommentForm } from "./CommentForm";
import classes from "./comments.module.css";
import { ThreadCard } from "./ThreadCard";
import { isOpen } from "./threads";
import { useDocumentComments } from "./useComments";

interface Props {
  documentId: string;
  maySettle: boolean;
  close: () => void;
}

export function CommentsPanel({ documentId, maySettle, close }: Props) {
  const { threads, problem, refusal, active } = useDocumentComments();
  const [withSettled, setWithSettled] = useState(false);
  const shown = threads.filter((thread) => withSettled || isOpen(thread) || thread.id === active);
  const settled = threads.length - threads.filter(isOpen).length;
  return (
    <aside className={panel.panel} aria-label="Comments">
      <div className={panel.head}>
        <Title order={2} size="h4">
          Comments
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the comments" onClick={close}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <div className={panel.body}>
        {problem !== undefined && <ProblemNotice problem={problem} />}
        {refusal !== undefined && <ProblemNotice problem={refusal} />}
        <NewThread documentId={documentId} />
        {shown.length === 0 && problem === undefined && (
          <Text size="sm" c="dimmed" mb="sm">
            Nobody has said anything yet.
          </Text>
        )}
        <ul className={classes.list} aria-label="List of threads">
          {shown.map((thread) => (
            <ThreadCard key={thread.id} thread={thread} maySettle={maySettle} />
          ))}
        </ul>
        {settled > 0 && (
          <Button variant="subtle" fullWidth onClick={() => setWithSettled(!withSettled)}>
            {withSettled ? "Only open ones" : `Settled ones (${settled})`}
          </Button>
        )}
      </div>
    </aside>
  );
}

function NewThread({ documentId }: { documentId: string }) {
  const { draft, begin, text, say, mayComment } = useDocumentComments();
  if (!mayComment) return null;
  if (draft === undefined) {
    // What is selected stays so while the button is pressed.
    const ask = () => begin(text?.selected() ?? null);
    return (
      <Button variant="default" fullWidth mb="md" leftSection={<Icon name="comment" size={16} />} onClick={ask} title="Ctrl Alt M in the text">
        Comment on the selection
      </Button>
    );
  }
  return (
    <div className={classes.form}>
      {draft === null ? (
        <Text size="sm" c="dimmed" mb="xs">
          About the whole document. Select some text first to comment on that.
        </Text>
      ) : (
        <blockquote className={classes.quote}>{draft.quote}</blockquote>
      )}
      <CommentForm documentId={documentId} label="Comment" action="Comment" send={(body) => say(body, draft)} cancel={() => begin(undefined)} />
    </div>
  );
}
