import { Skeleton, Text, Title } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";

import type { EventPage } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { EmptyState } from "../shell/EmptyState";
import { ProblemNotice } from "../shell/ProblemNotice";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { EventTable } from "./EventTable";
import { Paging } from "./Paging";

const PAGE_SIZE = 50;

function useEventFeed(after: number) {
  return useResource(`events:${after}`, (signal) =>
    getJson<EventPage>(`/api/v1/events?after=${after}&limit=${PAGE_SIZE}`, signal),
  );
}

export function AuditPage() {
  usePageTitle("Audit");
  const { after = 0 } = useSearch({ from: "/signed-in/audit" });
  return (
    <div className={shell.pageWide}>
      <Title order={1}>Audit</Title>
      <Text c="dimmed" mt={4} mb="xl" maw={640}>
        Everything that happened in this tenant, in the order it was recorded. Positions have no gaps, and each event is a
        leaf of the tenant’s hash tree, so a missing or altered event would show.
      </Text>
      <Feed after={after} />
    </div>
  );
}

function Feed({ after }: { after: number }) {
  const feed = useEventFeed(after);
  if (feed.problem?.status === 403) {
    return (
      <EmptyState icon="lock" title="Not for your role">
        The record of events is shown to owners, administrators and auditors of the tenant. Ask one of them if you need to
        see it.
      </EmptyState>
    );
  }
  if (feed.problem !== undefined) return <ProblemNotice problem={feed.problem} retry={feed.reload} />;
  if (feed.data === undefined) return <Skeleton height={420} radius="md" />;
  const { items, next_after: nextAfter } = feed.data;
  const paging = <Paging after={after} nextAfter={nextAfter} pageSize={PAGE_SIZE} reload={feed.reload} />;
  if (items.length === 0) {
    return (
      <>
        {paging}
        <EmptyState icon="shield" title="No events here">
          {after === 0 ? "Nothing has happened in this tenant yet." : `Nothing has been recorded after position ${after}.`}
        </EmptyState>
      </>
    );
  }
  return (
    <>
      {paging}
      <EventTable events={items} />
    </>
  );
}
