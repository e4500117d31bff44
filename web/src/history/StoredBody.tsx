import { Skeleton } from "@mantine/core";

import document from "../editor/document.module.css";
import prose from "../editor/prose.module.css";
import { getText } from "../server/rest";
import { useResource } from "../server/useResource";
import { ProblemNotice } from "../shell/ProblemNotice";
import { forReading } from "./forReading";

interface BodyProps {
  id: string;
  body: "rich" | "plain";
  position?: number | undefined;
}

/** The text as the server stored it, at a position or at the newest. */
export function StoredBody({ id, body, position }: BodyProps) {
  const format = body === "plain" ? "text" : "html";
  const query = new URLSearchParams({ format, ...(position === undefined ? {} : { at: String(position) }) });
  const path = `/api/v1/documents/${id}/content?${query}`;
  const content = useResource(path, (signal) => getText(path, signal));
  if (content.problem !== undefined) {
    return (
      <div className={document.sheet}>
        <ProblemNotice problem={content.problem} retry={content.reload} />
      </div>
    );
  }
  if (content.data === undefined) return <BodySkeleton />;
  return (
    <div className={document.sheet} data-read-only>
      {body === "plain" ? (
        <pre className={document.plain}>{content.data}</pre>
      ) : (
        // Sanitised by the server, and the page's policy runs no script that a document could carry.
        <article className={prose.prose} dangerouslySetInnerHTML={{ __html: forReading(content.data) }} />
      )}
    </div>
  );
}

export function BodySkeleton() {
  return (
    <div className={document.sheet} role="status" aria-label="Loading the text">
      {[46, 92, 88, 94, 60, 90, 72].map((width, line) => (
        <Skeleton key={width} height={line === 0 ? 26 : 14} width={`${width}%`} mb={line === 0 ? 28 : 16} />
      ))}
    </div>
  );
}
