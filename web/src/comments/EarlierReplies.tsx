import { Button } from "@mantine/core";
import { useState } from "react";

import type { Page } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { CommentWords } from "./CommentWords";
import type { Comment, Thread } from "./threads";

/** The replies that a thread leaves out, once somebody asks for them. */
export function EarlierReplies({ thread }: { thread: Thread }) {
  const [isOpen, setIsOpen] = useState(false);
  if (isOpen) return <AllBefore thread={thread} />;
  return (
    <Button size="compact-xs" variant="subtle" onClick={() => setIsOpen(true)}>
      {thread.earlier_replies === 1 ? "1 earlier reply" : `${thread.earlier_replies} earlier replies`}
    </Button>
  );
}

function AllBefore({ thread }: { thread: Thread }) {
  const all = useResource(`replies ${thread.id} ${thread.version}`, (signal) => allReplies(thread.id, signal));
  const shown = new Set(thread.replies.map(({ id }) => id));
  return (all.data ?? [])
    .filter(({ id }) => !shown.has(id))
    .map((comment) => <CommentWords key={comment.id} comment={comment} documentId={thread.document_id} />);
}

async function allReplies(threadId: string, signal: AbortSignal): Promise<Comment[]> {
  const replies: Comment[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Comment> = await getJson<Page<Comment>>(`/api/v1/comments/${threadId}/replies?limit=100${query}`, signal);
    replies.push(...page.items);
    cursor = page.next_cursor;
  }
  return replies;
}
