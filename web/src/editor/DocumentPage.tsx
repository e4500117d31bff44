import { useMediaQuery } from "@mantine/hooks";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";

import { HistoryPanel } from "../history/HistoryPanel";
import { PastBanner } from "../history/PastBanner";
import { BodySkeleton, StoredBody } from "../history/StoredBody";
import { useRevisions } from "../history/useRevisions";
import type { DocumentDetails } from "../server/resources";
import { NotFoundPage } from "../shell/NotFoundPage";
import { PageProblem } from "../shell/PageProblem";
import { usePageTitle } from "../shell/usePageTitle";
import { ArchivedNotice } from "./ArchivedNotice";
import classes from "./document.module.css";
import { DocumentBar } from "./DocumentBar";
import { LiveDocument } from "./LiveDocument";
import { useDocument } from "./useDocument";
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

function OpenDocument({ document, news, onNews }: Props) {
  const { at, history: isHistoryOpen = false } = useSearch({ from: "/signed-in/d/$id" });
  const navigate = useNavigate({ from: "/d/$id" });
  // There the panel covers the text that it was asked to show.
  const isNarrow = useMediaQuery("(max-width: 900px)");
  const look = (position: number | undefined, isOpen: boolean) =>
    void navigate({
      search: { ...(position === undefined ? {} : { at: position }), ...(isOpen ? { history: true } : {}) },
      resetScroll: false,
    });
  const [isHolding, setIsHolding] = useState(false);
  const history = useRevisions(document.id, news);
  const { reload } = history;
  useEffect(() => {
    if (isHistoryOpen) reload();
  }, [isHistoryOpen, reload]);
  const banner = at !== undefined && (
    <PastBanner
      position={at}
      revision={history.revisions?.find(({ position_to }) => position_to === at)}
      backToNow={() => look(undefined, isHistoryOpen)}
    />
  );
  const bar = { document, onNews, isHistoryOpen, toggleHistory: () => look(at, !isHistoryOpen) };
  return (
    <div className={classes.layout} data-document-page>
      <div className={classes.column}>
        {document.status === "archived" && !isHolding ? (
          <>
            <div className={classes.top}>
              <DocumentBar {...bar} mayWrite={false} />
              <ArchivedNotice document={document} onNews={onNews} />
              {banner}
            </div>
            <StoredBody id={document.id} body={document.body} position={at} />
          </>
        ) : (
          <LiveDocument bar={bar} banner={banner} position={at} onHolding={setIsHolding} />
        )}
      </div>
      {isHistoryOpen && (
        <HistoryPanel
          history={history}
          shownPosition={at}
          show={(position) => look(position, !isNarrow)}
          close={() => look(at, false)}
        />
      )}
    </div>
  );
}
