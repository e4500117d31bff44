import { Skeleton } from "@mantine/core";
import { useEffect, useRef } from "react";

import document from "../editor/document.module.css";
import plain from "../editor/plainText.module.css";
import prose from "../editor/prose.module.css";
import { pieces } from "../search/highlights";
import { getText } from "../server/rest";
import { useResource } from "../server/useResource";
import { ProblemNotice } from "../shell/ProblemNotice";
import type { Cited } from "./cited";
import { forReading } from "./forReading";

interface BodyProps {
  id: string;
  body: "rich" | "plain";
  position?: number | undefined;
  /** What a citation points at, to be shown and scrolled to. */
  cited?: Cited | undefined;
}

/** The text as the server stored it, at a position or at the newest. */
export function StoredBody({ id, body, position, cited }: BodyProps) {
  const shown = useRef<HTMLDivElement>(null);
  const format = body === "plain" ? "text" : "html";
  const query = new URLSearchParams({ format, ...(position === undefined ? {} : { at: String(position) }) });
  const path = `/api/v1/documents/${id}/content?${query}`;
  const content = useResource(path, (signal) => getText(path, signal));
  useEffect(() => {
    if (content.data === undefined || cited === undefined) return;
    shown.current?.querySelector(".cited")?.scrollIntoView({ block: "center" });
  }, [content.data, cited]);
  if (content.problem !== undefined) {
    return (
      <div className={document.sheet}>
        <ProblemNotice problem={content.problem} retry={content.reload} />
      </div>
    );
  }
  if (content.data === undefined) return <BodySkeleton />;
  return (
    <div ref={shown} className={document.sheet} data-read-only>
      {body === "plain" ? (
        <pre className={plain.area}>{cited === undefined ? content.data : <Quoted text={content.data} cited={cited} />}</pre>
      ) : (
        // Sanitised by the server, and the page's policy runs no script that a document could carry.
        <article className={prose.prose} dangerouslySetInnerHTML={{ __html: forReading(content.data, cited) }} />
      )}
    </div>
  );
}

function Quoted({ text, cited }: { text: string; cited: Cited }) {
  return pieces(text, [cited.characters]).map((piece, index) =>
    piece.isMarked ? (
      <mark key={index} className="cited">
        {piece.text}
      </mark>
    ) : (
      <span key={index}>{piece.text}</span>
    ),
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
