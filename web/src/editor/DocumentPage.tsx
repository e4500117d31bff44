import { useMediaQuery } from "@mantine/hooks";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { Editor } from "@tiptap/core";
import { useCallback, useEffect, useMemo, useState } from "react";

import { CommentsPanel } from "../comments/CommentsPanel";
import { isOpen } from "../comments/threads";
import { CommentsContext, useComments } from "../comments/useComments";
import { citedIn } from "../history/cited";
import { HistoryPanel } from "../history/HistoryPanel";
import { PastActions } from "../history/PastActions";
import { PastBanner } from "../history/PastBanner";
import { BodySkeleton, StoredBody } from "../history/StoredBody";
import { useRevisions } from "../history/useRevisions";
import type { DocumentDetails } from "../server/resources";
import { NotFoundPage } from "../shell/NotFoundPage";
import { PageProblem } from "../shell/PageProblem";
import { usePageTitle } from "../shell/usePageTitle";
import { Announcer } from "../suggestions/Announcer";
import { AskPanel } from "../suggestions/AskPanel";
import { SuggestionsPanel } from "../suggestions/SuggestionsPanel";
import { SuggestionsContext, useSuggestions } from "../suggestions/useSuggestions";
import { ArchivedNotice } from "./ArchivedNotice";
import classes from "./document.module.css";
import { DocumentBar } from "./DocumentBar";
import { LiveDocument } from "./LiveDocument";
import { mayWrite, useDocument } from "./useDocument";
import { useDocumentEvents } from "./useDocumentEvents";

export function DocumentPage() {
  const { id } = useParams({ from: "/signed-in/d/$id" });
  return <DocumentOf key={id} id={id} />;
}

function DocumentOf({ id }: { id: string }) {
  const document = useDocument(id);
  const [news, setNews] = useState(0);
  const { reload } = document;
  const onNews = useCallback(() => {
    setNews((count) => count + 1);
    reload();
  }, [reload]);
  useDocumentEvents(id, onNews);
  usePageTitle(document.data?.title ?? "Document");
  if (document.data === undefined) {
    if (document.problem === undefined) return <BodySkeleton />;
    const isAbsent = document.problem.status === 404 || document.problem.status === 422;
    return isAbsent ? <NotFoundPage /> : <PageProblem problem={document.problem} retry={reload} />;
  }
  return <OpenDocument document={document.data} news={news} onNews={onNews} />;
}

interface Props {
  document: DocumentDetails;
  news: number;
  onNews: () => void;
}

type Panel = "history" | "ask" | "suggestions" | "comments";

function OpenDocument({ document, news, onNews }: Props) {
  const search = useSearch({ from: "/signed-in/d/$id" });
  const { at, panel } = search;
  const navigate = useNavigate({ from: "/d/$id" });
  // There the panel covers the text that it was asked to show.
  const isNarrow = useMediaQuery("(max-width: 900px)");
  const look = (position: number | undefined, open: Panel | undefined) =>
    void navigate({
      search: { ...(position === undefined ? {} : { at: position }), ...(open === undefined ? {} : { panel: open }) },
      resetScroll: false,
    });
  const [isHolding, setIsHolding] = useState(false);
  const [editor, setEditor] = useState<Editor>();
  const suggestions = useSuggestions(document.id, mayWrite(document));
  const comments = useComments(
    document.id,
    document.viewer_can.includes("document:comment") && document.status !== "archived",
    () => look(at, "comments"),
  );
  const history = useRevisions(document.id, news);
  const { reload } = history;
  useEffect(() => {
    if (panel === "history") reload();
  }, [panel, reload]);
  const cited = useMemo(() => citedIn({ ...search }), [search]);
  const banner = at !== undefined && (
    <PastBanner
      position={at}
      isCited={cited !== undefined}
      revision={history.revisions?.find(({ position_to }) => position_to === at)}
      backToNow={() => look(undefined, panel)}
      actions={
        <PastActions
          key={at}
          documentId={document.id}
          position={at}
          revisions={history.revisions ?? []}
          mayWrite={mayWrite(document)}
          onRestored={() => {
            look(undefined, panel);
            onNews();
          }}
        />
      }
    />
  );
  const bar = {
    document,
    onNews,
    panel,
    waiting: suggestions.pending.length,
    talks: comments.threads.filter(isOpen).length,
    toggle: (wanted: Panel) => look(at, panel === wanted ? undefined : wanted),
  };
  const close = () => look(at, undefined);
  return (
    <SuggestionsContext value={suggestions}>
      <CommentsContext value={comments}>
        <Announcer />
        <div className={classes.layout} data-document-page>
          <div className={classes.column}>
            {document.status === "archived" && !isHolding ? (
              <>
                <div className={classes.top}>
                  <DocumentBar {...bar} mayWrite={false} />
                  <ArchivedNotice document={document} onNews={onNews} />
                  {banner}
                </div>
                <StoredBody id={document.id} body={document.body} position={at} cited={cited} />
              </>
            ) : (
              <LiveDocument bar={bar} banner={banner} position={at} cited={cited} onHolding={setIsHolding} onEditor={setEditor} />
            )}
          </div>
          {panel === "history" && (
            <HistoryPanel
              documentId={document.id}
              mayWrite={mayWrite(document)}
              news={news}
              history={history}
              onTakenBack={() => {
                look(undefined, isNarrow ? undefined : panel);
                onNews();
              }}
              shownPosition={at}
              show={(position) => look(position, isNarrow ? undefined : "history")}
              close={close}
            />
          )}
          {panel === "ask" && <AskPanel documentId={document.id} editor={editor} close={close} />}
          {panel === "comments" && (
            <CommentsPanel documentId={document.id} maySettle={mayWrite(document)} close={close} />
          )}
          {panel === "suggestions" && (
            <SuggestionsPanel
              documentId={document.id}
              editor={editor}
              maySuggest={document.viewer_can.includes("document:suggest")}
              close={close}
            />
          )}
        </div>
      </CommentsContext>
    </SuggestionsContext>
  );
}
