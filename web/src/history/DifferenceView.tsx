import { Skeleton, Text } from "@mantine/core";

import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { actorName } from "../shell/actorName";
import { ProblemNotice } from "../shell/ProblemNotice";
import { type BlockDifference, blockWords, changedBy, type Difference, fromTo, type Segment, segmentWords } from "./difference";
import classes from "./history.module.css";

interface Props {
  documentId: string;
  one: number;
  other: number;
}

/** What differs between two positions, with who wrote and who deleted it. */
export function DifferenceView({ documentId, one, other }: Props) {
  const { from, to } = fromTo(one, other);
  const path = `/api/v1/documents/${documentId}/diff?from=${from}&to=${to}`;
  const found = useResource(path, (signal) => getJson<Difference>(path, signal));
  if (found.problem !== undefined) return <ProblemNotice problem={found.problem} retry={found.reload} />;
  if (found.data === undefined) return <Skeleton height={120} radius="md" role="status" aria-label="Comparing" />;
  const { blocks, authors, truncated } = found.data;
  if (blocks.length === 0) return <Text c="dimmed">The text is the same.</Text>;
  const name = (by: number | null) => {
    const author = by === null ? undefined : authors[by]?.author;
    return author === undefined ? undefined : actorName(author);
  };
  const names = (block: BlockDifference) => [...new Set(changedBy(block).map(name))].filter(Boolean).join(", ");
  return (
    <ol className={classes.difference} aria-label="What differs">
      {blocks.map((block, index) => (
        <li key={index}>
          <span className={classes.when}>{[blockWords(block), names(block)].filter(Boolean).join(" by ")}</span>
          <p>
            {block.segments.map((segment, at) => (
              <Words key={at} segment={segment} told={segmentWords(segment.op, name(segment.by))} />
            ))}
          </p>
        </li>
      ))}
      {truncated && <li>There is more that differs; compare revisions that are closer to each other.</li>}
    </ol>
  );
}

function Words({ segment, told }: { segment: Segment; told: string | undefined }) {
  if (segment.op === "insert") return <ins title={told}>{segment.text}</ins>;
  if (segment.op === "delete") return <del title={told}>{segment.text}</del>;
  if (segment.op === "format") return <em className={classes.formatted} title={told}>{segment.text}</em>;
  return <span>{segment.text}</span>;
}
