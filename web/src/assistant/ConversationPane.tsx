import { Button, VisuallyHidden } from "@mantine/core";
import { useEffect, useRef } from "react";

import { EmptyState } from "../shell/EmptyState";
import { Icon } from "../shell/Icon";
import { Loaded } from "../shell/Loaded";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./assistant.module.css";
import { Composer } from "./Composer";
import { standing } from "./conversations";
import { MessageItem, RunningAnswer } from "./MessageItem";
import { useConversation } from "./useConversation";

export function ConversationPane({ id, onTitle }: { id: string; onTitle: () => void }) {
  const { conversation, draft, say, stop, undo } = useConversation(id);
  const title = conversation.data?.title;
  useEffect(() => {
    if (title !== undefined && title !== "") onTitle();
  }, [title, onTitle]);
  const messages = standing(conversation.data?.messages ?? []);
  const end = useFollow(`${messages.length}:${draft?.text.length ?? 0}`);
  const isRunning = draft !== undefined;
  if (conversation.problem?.status === 404) {
    return (
      <EmptyState icon="chat" title="There is no such conversation">
        It was deleted, or it is somebody else’s.
      </EmptyState>
    );
  }
  return (
    <>
      <Loaded resource={conversation} what="the conversation">
        {() => (
          <ol className={classes.messages} aria-label="Messages">
            {messages.map((message) => (
              <MessageItem key={message.id} message={message} />
            ))}
            {isRunning && <RunningAnswer text={draft.text} />}
          </ol>
        )}
      </Loaded>
      <VisuallyHidden role="status">{isRunning ? "The assistant is answering" : spoken(messages.at(-1))}</VisuallyHidden>
      {undo.problem !== undefined && <ProblemNotice problem={undo.problem} />}
      {say.problem !== undefined && <ProblemNotice problem={say.problem} />}
      {stop.problem !== undefined && <ProblemNotice problem={stop.problem} />}
      <div ref={end} />
      <div className={classes.foot}>
        <div className={classes.turnTools}>
          {isRunning && (
            <Button size="xs" variant="default" leftSection={<Icon name="stop" size={14} />} loading={stop.isRunning} onClick={() => void stop.run()}>
              Stop the answer
            </Button>
          )}
          {messages.length > 0 && !isRunning && (
            <Button size="xs" variant="default" leftSection={<Icon name="undo" size={14} />} loading={undo.isRunning} onClick={() => void undo.run()}>
              Undo the last turn
            </Button>
          )}
        </div>
        <Composer say={say.run} isSending={say.isRunning} isRunning={isRunning} />
      </div>
    </>
  );
}

function spoken(last: { role: string; text: string } | undefined): string {
  return last?.role === "assistant" ? `Answer: ${last.text}` : "";
}

/** Keeps the newest words in sight while they come. */
function useFollow(news: string) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [news]);
  return end;
}
