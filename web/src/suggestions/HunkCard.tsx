import { Button } from "@mantine/core";
import type { KeyboardEvent } from "react";

import { SourceMark } from "../search/SourceMark";
import { sourceOf } from "../search/sources";
import { actorName } from "../shell/actorName";
import { Icon } from "../shell/Icon";
import { MarkdownText } from "../shell/MarkdownText";
import { AiLabel } from "./AiLabel";
import { cardId } from "./hunkMarks";
import { hunkWords, type PendingHunk } from "./suggestions";
import classes from "./suggestions.module.css";

interface Props {
  hunk: PendingHunk;
  mayDecide: boolean;
  isDeciding: boolean;
  settle: (accept: boolean) => void;
  stop: (generationId: string) => void;
  leave: () => void;
}

export function HunkCard({ hunk, mayDecide, isDeciding, settle, stop, leave }: Props) {
  const { suggestion, isStreaming } = hunk;
  const who = suggestion.origin === "ai" ? "AI" : actorName(suggestion.author);
  const canDecide = mayDecide && !isStreaming;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "escape") leave();
    else if (canDecide && (key === "a" || key === "r")) settle(key === "a");
    else return;
    event.preventDefault();
  };
  return (
    <div
      id={cardId(hunk.key)}
      className={classes.card}
      data-card
      data-streaming={isStreaming}
      role="group"
      tabIndex={-1}
      aria-label={`Change ${hunk.index + 1} of ${suggestion.hunks.length} by ${who}, ${hunkWords(hunk)}.${canDecide ? " A accepts, R rejects, Escape goes back to the text." : ""}`}
      onKeyDown={onKeyDown}
    >
      <div className={classes.cardHead}>
        <AiLabel suggestion={suggestion} />
        {isStreaming && <span className={classes.writing}>is writing…</span>}
      </div>
      <Change hunk={hunk} />
      {(suggestion.rationale ?? "") !== "" && <p className={classes.rationale}>“{suggestion.rationale}”</p>}
      <div className={classes.cardFoot}>
        {canDecide && (
          <>
            <Button size="xs" leftSection={<Icon name="check" size={14} />} disabled={isDeciding} onClick={() => settle(true)}>
              Accept
            </Button>
            <Button size="xs" variant="default" leftSection={<Icon name="close" size={14} />} disabled={isDeciding} onClick={() => settle(false)}>
              Reject
            </Button>
            <span className={classes.keys} aria-hidden="true">
              <kbd>F8</kbd> next · <kbd>A</kbd> accept · <kbd>R</kbd> reject
            </span>
          </>
        )}
        {isStreaming && mayDecide && suggestion.generation !== null && (
          <Button size="xs" variant="default" leftSection={<Icon name="stop" size={14} />} onClick={() => stop(suggestion.generation?.id ?? "")}>
            Stop
          </Button>
        )}
      </div>
    </div>
  );
}

function Change({ hunk }: { hunk: PendingHunk }) {
  const { kind, deleted, inserted } = hunk;
  const isEmpty = (kind === "insert" || deleted === "") && inserted === "";
  if (isEmpty) return <p className={classes.waiting}>The first words are on their way.</p>;
  return (
    <div role="suggestion" className={classes.change} aria-live="off">
      {kind !== "insert" && deleted !== "" && <del role="deletion" className={classes.deleted}>
          <MarkdownText text={deleted} />
        </del>}
      {kind !== "delete" && inserted !== "" && (
        <ins role="insertion" className={classes.inserted}>
          <MarkdownText text={inserted} cite={(number) => <Cited number={number} hunk={hunk} />} />
        </ins>
      )}
    </div>
  );
}

function Cited({ number, hunk }: { number: number; hunk: PendingHunk }) {
  const citation = sourceOf(hunk.suggestion.generation?.sources ?? [], number);
  return citation === undefined ? `[${number}]` : <SourceMark number={number} citation={citation} />;
}
