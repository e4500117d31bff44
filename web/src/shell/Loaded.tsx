import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";

import type { Problem } from "../server/problem";
import { EmptyState } from "./EmptyState";
import { ProblemNotice } from "./ProblemNotice";

interface Props<T> {
  resource: { data: T | undefined; problem: Problem | undefined; reload: () => void };
  /** What is loaded, for whoever hears the page. */
  what: string;
  height?: number;
  /** Who may see it, said to whoever may not. */
  forWhom?: string;
  children: (data: T) => ReactNode;
}

/** What is loaded, or the one honest sentence why it is not here. */
export function Loaded<T>({ resource, what, height = 200, forWhom, children }: Props<T>) {
  const { data, problem, reload } = resource;
  if (problem?.status === 403 && data === undefined) {
    return (
      <EmptyState icon="lock" title="Not for your role">
        {forWhom ?? problem.detail ?? "Your role does not include this."}
      </EmptyState>
    );
  }
  if (data === undefined) {
    if (problem !== undefined) return <ProblemNotice problem={problem} retry={reload} />;
    return (
      <div role="status" aria-label={`Loading ${what}`}>
        <Skeleton height={height} radius="md" />
      </div>
    );
  }
  return (
    <>
      {problem !== undefined && <ProblemNotice problem={problem} retry={reload} />}
      {children(data)}
    </>
  );
}
