import { Button } from "@mantine/core";
import { useState } from "react";

import { useSession } from "../session/SessionContext";
import { actorName } from "../shell/actorName";
import { Moment } from "../shell/Moment";
import { CommentForm } from "./CommentForm";
import classes from "./comments.module.css";
import { partsOf, written } from "./mentions";
import type { Comment } from "./threads";
import { useDocumentComments } from "./useComments";

/** One comment; its author can change it and take it back. */
export function CommentWords({ comment, documentId }: { comment: Comment; documentId: string }) {
  const { change, takeBack, mayComment, isSending } = useDocumentComments();
  const { member } = useSession();
  const [isChanging, setIsChanging] = useState(false);
  const { body, mentions, deleted } = comment;
  const isOwn = mayComment && comment.written_by === member.id && !deleted;
  if (isChanging) {
    return (
      <CommentForm
        documentId={documentId}
        label="Your comment"
        action="Save"
        held={{
          text: written(body, mentions),
          named: mentions.flatMap(({ member_id: id, name }) => (name === null ? [] : [{ id, name }])),
        }}
        send={async (words) => {
          const done = await change(comment.id, words);
          if (done) setIsChanging(false);
          return done;
        }}
        cancel={() => setIsChanging(false)}
      />
    );
  }
  return (
    <div className={classes.comment}>
      <p className={classes.who}>
        <b>{actorName(comment.author)}</b> <Moment at={comment.created_at} />
        {comment.edited_at !== null && <span> · changed</span>}
      </p>
      {deleted ? (
        <p className={classes.settled}>Taken back by its author.</p>
      ) : (
        <p className={classes.words}>
          {partsOf(body, mentions).map((part, index) =>
            "text" in part ? part.text : <b key={index} className={classes.mention}>@{part.name}</b>,
          )}
        </p>
      )}
      {isOwn && (
        <div className={classes.tools}>
          <Button size="compact-xs" variant="subtle" onClick={() => setIsChanging(true)}>
            Edit
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" disabled={isSending} onClick={() => void takeBack(comment.id)}>
            Delete
          </Button>
        </div>
      )}
    </div>
  );
}
