import { Button, NativeSelect, Table, Text, TextInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { getJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { EmptyState } from "../shell/EmptyState";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import { money } from "../shell/money";
import { PageHead } from "../shell/PageHead";
import { ProblemNotice } from "../shell/ProblemNotice";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { TraceDialog } from "./TraceDialog";
import { FILTERS, modelOf, OUTCOMES, outcomeWords, questionOf, type TraceFilter, type TraceLine } from "./traces";
import classes from "./traces.module.css";

interface Page {
  items: TraceLine[];
  next_cursor: string | null;
}

export function TracesPage() {
  usePageTitle("Calls");
  const filter = useSearch({ from: "/signed-in/traces" });
  const navigate = useNavigate({ from: "/traces" });
  const question = questionOf(filter).toString();
  const page = useResource(`traces:${question}`, (signal) => getJson<Page>(`/api/v1/traces?${question}`, signal));
  return (
    <div className={shell.pageWide}>
      <PageHead title="Calls">
        Every call of a model: who was asked, what its time went into, and what it cost. What was
        said is kept only where the policies want it, masked.
      </PageHead>
      <Filters filter={filter} ask={(wanted) => void navigate({ search: wanted, resetScroll: false })} />
      <Loaded resource={page} what="the calls" forWhom="Calls are shown to owners, administrators and auditors.">
        {(first) => <Calls key={question} first={first} question={question} />}
      </Loaded>
    </div>
  );
}

function Filters({ filter, ask }: { filter: TraceFilter; ask: (filter: TraceFilter) => void }) {
  const [typed, setTyped] = useState<TraceFilter>(filter);
  const filled = Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== "")) as TraceFilter;
  return (
    <search>
      <form
        className={classes.filters}
        onSubmit={(event) => {
          event.preventDefault();
          ask(filled);
        }}
      >
        <NativeSelect
          label="Outcome"
          size="sm"
          data={[...OUTCOMES]}
          value={typed.outcome ?? ""}
          onChange={(event) => setTyped({ ...typed, outcome: event.currentTarget.value })}
        />
        {FILTERS.map(({ key, label, type, placeholder }) => (
          <TextInput
            key={key}
            label={label}
            type={type}
            size="sm"
            placeholder={placeholder}
            value={typed[key] ?? ""}
            onChange={(event) => setTyped({ ...typed, [key]: event.currentTarget.value })}
          />
        ))}
        <Button type="submit" size="sm">
          Filter
        </Button>
      </form>
    </search>
  );
}

function Calls({ first, question }: { first: Page; question: string }) {
  const [older, setOlder] = useState<Page[]>([]);
  const [open, setOpen] = useState<string>();
  const last = older.at(-1) ?? first;
  const more = useCommand(async (cursor: string) => {
    const next = new URLSearchParams(question);
    next.set("cursor", cursor);
    setOlder([...older, await getJson<Page>(`/api/v1/traces?${next}`)]);
  });
  const calls = [...first.items, ...older.flatMap(({ items }) => items)];
  if (calls.length === 0) return <EmptyState icon="search" title="No calls">Nothing was asked of a model that this filter finds.</EmptyState>;
  return (
    <>
      <div className={shell.frameScroll} tabIndex={0} role="region" aria-label="Table of calls">
        <Table verticalSpacing="xs" horizontalSpacing="md" aria-label="Calls">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>Model</Table.Th>
              <Table.Th>What for</Table.Th>
              <Table.Th>Outcome</Table.Th>
              <Table.Th className={shell.number}>Time</Table.Th>
              <Table.Th className={shell.number}>Cost</Table.Th>
              <Table.Th>Details</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {calls.map((call) => (
              <Table.Tr key={`${call.call_id} ${call.at}`}>
                <Table.Td>
                  <Moment at={call.at} />
                </Table.Td>
                <Table.Td>{call.member_name ?? "The platform"}</Table.Td>
                <Table.Td>
                  {modelOf(call)}
                </Table.Td>
                <Table.Td>
                  {call.purpose}
                  {call.endpoint !== "" && (
                    <Text size="sm" c="dimmed">
                      {call.endpoint}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td className={classes.outcome} data-odd={!["answered", "given again"].includes(outcomeWords(call))}>
                  {outcomeWords(call)}
                </Table.Td>
                <Table.Td className={shell.number}>{call.latency_milliseconds} ms</Table.Td>
                <Table.Td className={shell.number}>{money(call.cost_micros, call.currency)}</Table.Td>
                <Table.Td>
                  <Button size="xs" variant="default" onClick={() => setOpen(call.call_id)} aria-label={`Show ${call.call_id}`}>
                    Show
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {more.problem !== undefined && <ProblemNotice problem={more.problem} />}
      {last.next_cursor !== null && (
        <Button variant="default" mt="md" loading={more.isRunning} onClick={() => last.next_cursor !== null && void more.run(last.next_cursor)}>
          Older ones
        </Button>
      )}
      {open !== undefined && <TraceDialog callId={open} close={() => setOpen(undefined)} />}
    </>
  );
}
