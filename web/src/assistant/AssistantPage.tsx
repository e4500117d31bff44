import { Button } from "@mantine/core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";

import { postJson, remove } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { usePages } from "../server/usePages";
import { useFeature, usePermission } from "../session/permissions";
import { EmptyState } from "../shell/EmptyState";
import { Icon } from "../shell/Icon";
import { Loaded } from "../shell/Loaded";
import { ProblemNotice } from "../shell/ProblemNotice";
import { usePageTitle } from "../shell/usePageTitle";
import classes from "./assistant.module.css";
import { ConversationList } from "./ConversationList";
import { ConversationPane } from "./ConversationPane";
import type { ConversationSummary } from "./conversations";

export function AssistantPage() {
  usePageTitle("Assistant");
  const { id } = useParams({ from: "/signed-in/assistant/{-$id}" });
  const mayUse = usePermission("ai:use");
  const isOn = useFeature("feature.assistant");
  if (!mayUse) {
    return (
      <EmptyState order={1} icon="lock" title="Not for your role">
        The assistant answers owners, administrators and editors. You can look for yourself on the search page.
      </EmptyState>
    );
  }
  if (!isOn) {
    return (
      <EmptyState order={1} icon="ai" title="The assistant is switched off">
        An administrator has switched AI or the assistant off. Search works as before.
      </EmptyState>
    );
  }
  return <Conversations id={id} />;
}

function Conversations({ id }: { id: string | undefined }) {
  const navigate = useNavigate();
  const conversations = usePages<ConversationSummary>("/api/v1/conversations");
  const { reload } = conversations;
  const begin = useCommand(async () => {
    const begun = await postJson<{ id: string }>("/api/v1/conversations", { assistant: "chat" });
    reload();
    await navigate({ to: "/assistant/{-$id}", params: { id: begun.id } });
  });
  const leave = useCommand(async (left: string) => {
    await remove(`/api/v1/conversations/${left}`);
    reload();
    if (left === id) await navigate({ to: "/assistant/{-$id}", params: { id: undefined } });
  });
  const newButton = (
    <Button leftSection={<Icon name="plus" size={16} />} loading={begin.isRunning} onClick={() => void begin.run()}>
      New conversation
    </Button>
  );
  const problem = begin.problem ?? leave.problem;
  return (
    <div className={classes.layout} data-open={id !== undefined}>
      <aside className={classes.list} aria-label="Conversations">
        <div className={classes.listHead}>
          <h1 className={classes.heading}>Assistant</h1>
          {newButton}
        </div>
        {problem !== undefined && <ProblemNotice problem={problem} />}
        <Loaded resource={{ data: conversations.items, problem: conversations.problem, reload }} what="your conversations" height={120}>
          {(items) => <ConversationList items={items} shown={id} leave={(left) => void leave.run(left)} />}
        </Loaded>
        {conversations.more !== undefined && (
          <Button variant="subtle" onClick={conversations.more}>
            Older ones
          </Button>
        )}
      </aside>
      <section className={classes.pane} aria-label="Conversation">
        {id === undefined ? (
          <EmptyState icon="chat" title="Ask your documents">
            The assistant answers from what you may read, and shows for each claim where it stands. It writes nothing into
            documents.
          </EmptyState>
        ) : (
          <>
            <Link to="/assistant/{-$id}" params={{ id: undefined }} className={classes.back}>
              <Icon name="back" size={16} /> All conversations
            </Link>
            <ConversationPane key={id} id={id} onTitle={reload} />
          </>
        )}
      </section>
    </div>
  );
}
