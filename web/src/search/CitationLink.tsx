import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Citation } from "../server/resources";

interface Props {
  citation: Citation;
  className?: string | undefined;
  children?: ReactNode;
}

/** To the document as it stood when this was read in it, at the very blocks. */
export function CitationLink({ citation, className, children }: Props) {
  return (
    <Link
      to="/d/$id"
      params={{ id: citation.document_id }}
      search={{
        at: citation.position,
        block: `${citation.block_from}-${citation.block_to}`,
        chars: `${citation.start}-${citation.end}`,
      }}
      className={className}
      preload={false}
    >
      {children ?? (citation.title === "" ? "Untitled" : citation.title)}
    </Link>
  );
}
