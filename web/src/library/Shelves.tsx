import { Button, Skeleton, VisuallyHidden } from "@mantine/core";

import { EmptyState } from "../shell/EmptyState";
import { ProblemNotice } from "../shell/ProblemNotice";
import { DocumentRow } from "./DocumentRow";
import classes from "./library.module.css";
import { inSections } from "./sections";
import { useArchiveDocument, useRestoreDocument } from "./useArchiveDocument";
import type { Library, LibraryQuestion } from "./useLibrary";

interface Props {
  library: Library;
  question: LibraryQuestion;
  mayWrite: boolean;
  create: () => void;
}

export function Shelves({ library, question, mayWrite, create }: Props) {
  const archive = useArchiveDocument(library.reload);
  const restore = useRestoreDocument(library.reload);
  const { shelf, isLoading } = library;
  if (shelf === undefined) return isLoading ? <Loading /> : null;
  if (shelf.documents.length === 0) return <NothingHere question={question} mayWrite={mayWrite} create={create} />;
  const refusal = archive.problem ?? restore.problem;
  return (
    <div aria-busy={isLoading}>
      <VisuallyHidden role="status">{`${shelf.documents.length} documents shown`}</VisuallyHidden>
      {refusal !== undefined && <ProblemNotice problem={refusal} />}
      {inSections(shelf.documents, new Date()).map((section) => (
        <section key={section.name} className={classes.section} aria-label={section.name}>
          <h2 className={classes.sectionName}>{section.name}</h2>
          <ul className={classes.rows}>
            {section.documents.map((document) => (
              <DocumentRow
                key={document.id}
                document={document}
                mayWrite={mayWrite}
                archive={(id) => void archive.run(id)}
                restore={(id) => void restore.run(id)}
              />
            ))}
          </ul>
        </section>
      ))}
      {shelf.nextCursor !== null && (
        <div className={classes.more}>
          <Button variant="default" loading={isLoading} onClick={library.more}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

function NothingHere({ question, mayWrite, create }: Omit<Props, "library">) {
  if (question.text !== "") {
    return (
      <EmptyState icon="search" title="Nothing found">
        No {question.isArchived ? "archived " : ""}document has “{question.text}” in its title.
      </EmptyState>
    );
  }
  if (question.isArchived) {
    return (
      <EmptyState icon="archive" title="Nothing is archived">
        Archived documents rest here. They keep their whole history and can be restored at any time.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="document"
      title="A blank shelf"
      action={mayWrite ? <Button mt="sm" onClick={create}>Write the first document</Button> : undefined}
    >
      {mayWrite
        ? "Documents you and your colleagues write together will stand here, the newest first."
        : "Nobody has written anything yet. Documents will appear here as soon as an editor creates one."}
    </EmptyState>
  );
}

function Loading() {
  return (
    <div className={classes.section} role="status" aria-label="Loading documents">
      {[62, 48, 70, 55].map((width) => (
        <div key={width} className={classes.loadingRow}>
          <Skeleton height={16} width={`${width}%`} />
          <Skeleton height={11} width="28%" mt={10} />
        </div>
      ))}
    </div>
  );
}
