import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { useSession } from "../session/SessionContext";
import { actorName } from "../shell/actorName";
import { Icon } from "../shell/Icon";
import { CommentForm } from "./CommentForm";
import { CommentWords } from "./CommentWords";
import classes from "./comments.module.css";
import { EarlierReplies } from "./EarlierReplies";
import { isOpen, type Thread } from "./threads";
import { useDocumentComments } from "./useComments";

interface Props {
  thread: Thread;
  maySettle: boolean;
}

export function ThreadCard({ thread, maySettle }: Props) {
  const { active, look, text, reply, settle, mayComment, isSending } = useDocumentComments();
  const { member } = useSession();
  const [isReplying, setIsReplying] = useState(false);
  const card = useRef<HTMLLIElement>(null);
  const isActive = active === thread.id;
  useEffect(() => {
    if (isActive) card.current?.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  const { anchor } = thread;
  const canSettle = mayComment && (maySettle || thread.written_by === member.id);
  const show = () => {
    look(thread.id);
    text?.show(thread.id);
  };
  return (
    <li ref={card} className={classes.thread} data-active={isActive} aria-current={isActive}>
      {anchor !== null && (
        <button type="button" className={classes.quote} onClick={show} title="Show in the text">
          {anchor.quote}
        </button>
      )}
      {anchor?.orphaned === true && <p className={classes.orphaned}>This text is gone from the document.</p>}
      <CommentWords comment={thread} documentId={thread.document_id} />
      {thread.earlier_replies > 0 && <EarlierReplies thread={thread} />}
      {thread.replies.map((comment) => (
        <CommentWords key={comment.id} comment={comment} documentId={thread.document_id} />
      ))}
      {!isOpen(thread) && thread.resolved_by !== null && <p className={classes.settled}>Settled by {actorName(thread.resolved_by)}</p>}
      {isReplying ? (
        <CommentForm
          documentId={thread.document_id}
          label="Reply"
          action="Reply"
          send={async (body) => {
            const done = await reply(thread, body);
            if (done) setIsReplying(false);
            return done;
          }}
          cancel={() => setIsReplying(false)}
        />
      ) : (
        <div className={classes.tools}>
          {mayComment && (
            <Button size="compact-xs" variant="light" onClick={() => setIsReplying(true)}>
              Reply
            </Button>
          )}
          {canSettle && (
            <Button size="compact-xs" variant="default" disabled={isSending} leftSection={<Icon name={isOpen(thread) ? "check" : "undo"} size={12} />} onClick={() => void settle(thread, isOpen(thread))}>
              {isOpen(thread) ? "Settle" : "Reopen"}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
