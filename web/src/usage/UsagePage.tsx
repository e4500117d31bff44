import { SegmentedControl, Text, Title } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import { PageHead } from "../shell/PageHead";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { Budgets } from "./Budgets";
import { KeyFigures } from "./KeyFigures";
import { type Group, GROUPS, since, type UsageReport } from "./usage";
import classes from "./usage.module.css";
import { UsageTable } from "./UsageTable";

const DAYS = [1, 7, 30, 90] as const;
const DAYS_SHOWN = 30;

export function UsagePage() {
  usePageTitle("Usage");
  return (
    <div className={shell.page}>
      <PageHead title="Usage">
        What AI calls cost, to the last millionth of the ledger. A call reserves its highest price before it begins and
        pays what it really used, so a limit is never passed.
      </PageHead>
      <Title order={2} size="h3" mb="sm">
        Budgets
      </Title>
      <Budgets />
      <Title order={2} size="h3" mt="xl" mb="sm">
        What was used
      </Title>
      <Report />
    </div>
  );
}

function Report() {
  const { by = "day", days = DAYS_SHOWN } = useSearch({ from: "/signed-in/usage" });
  const navigate = useNavigate({ from: "/usage" });
  const ask = (group: Group, chosen: (typeof DAYS)[number]) =>
    void navigate({
      search: { ...(group === "day" ? {} : { by: group }), ...(chosen === DAYS_SHOWN ? {} : { days: chosen }) },
      resetScroll: false,
    });
  const query = new URLSearchParams({ from: since(new Date(), days), group_by: by });
  const report = useResource(`usage:${query}`, (signal) => getJson<UsageReport>(`/api/v1/usage?${query}`, signal));
  return (
    <>
      <div className={classes.choices}>
        <SegmentedControl aria-label="Grouped by" value={by} onChange={(value) => ask(value as Group, days)} data={[...GROUPS]} />
        <SegmentedControl
          aria-label="Since when"
          value={String(days)}
          onChange={(value) => ask(by, Number(value) as (typeof DAYS)[number])}
          data={DAYS.map((count) => ({ value: String(count), label: count === 1 ? "Today" : `${count} days` }))}
        />
      </div>
      <Loaded resource={report} what="the usage" forWhom="Usage is shown to owners, administrators and auditors.">
        {(data) => (
          <>
            <UsageTable group={by} report={data} />
            <Text size="sm" c="dimmed" mt="sm">
              As of <Moment at={data.as_of} />.{" "}
              {data.complete
                ? "Complete: every settled call is in these numbers."
                : "Not complete yet: some calls are still running or being counted."}
            </Text>
          </>
        )}
      </Loaded>
      <Title order={2} size="h3" mt="xl" mb="sm">
        How well it went
      </Title>
      <KeyFigures from={since(new Date(), days)} />
      <Text size="sm" mt="sm">
        <Link to="/traces" className={shell.link}>
          Every call, one by one
        </Link>
      </Text>
    </>
  );
}
