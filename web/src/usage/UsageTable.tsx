import { Table, Text } from "@mantine/core";

import { EmptyState } from "../shell/EmptyState";
import { Meter } from "../shell/Meter";
import { money } from "../shell/money";
import shell from "../shell/shell.module.css";
import { type Group, GROUPS, rowName, totals, type UsageReport } from "./usage";
import classes from "./usage.module.css";

const count = new Intl.NumberFormat("en-US");

export function UsageTable({ group, report }: { group: Group; report: UsageReport }) {
  const { rows } = report;
  if (rows.length === 0) {
    return (
      <EmptyState icon="ai" title="Nothing was asked of the AI">
        No call in this time. Each will stand here with its tokens and its cost.
      </EmptyState>
    );
  }
  const sum = totals(rows);
  const most = Math.max(...rows.map((row) => row.cost_micros), 1);
  return (
    <div className={shell.frameScroll} tabIndex={0} role="region" aria-label="Usage table">
      <Table verticalSpacing="xs" horizontalSpacing="md" aria-label="Usage">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{GROUPS.find(({ value }) => value === group)?.label}</Table.Th>
            <Table.Th className={shell.number}>Calls</Table.Th>
            <Table.Th className={shell.number}>Tokens in</Table.Th>
            <Table.Th className={shell.number}>Tokens out</Table.Th>
            <Table.Th className={shell.number}>Cost</Table.Th>
            <Table.Td className={classes.bar} aria-hidden="true" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={JSON.stringify(row.keys)}>
              <Table.Th scope="row" className={classes.rowName}>
                {rowName(group, row)}
              </Table.Th>
              <Table.Td className={shell.number}>{count.format(row.requests)}</Table.Td>
              <Table.Td className={shell.number}>{count.format(row.input_tokens)}</Table.Td>
              <Table.Td className={shell.number}>{count.format(row.output_tokens)}</Table.Td>
              <Table.Td className={shell.number}>{money(row.cost_micros, report.currency)}</Table.Td>
              <Table.Td className={classes.bar} aria-hidden="true">
                <Meter parts={[{ share: row.cost_micros / most, tone: "spent" }]} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th scope="row">Total</Table.Th>
            <Table.Td className={shell.number}>{count.format(sum.requests)}</Table.Td>
            <Table.Td className={shell.number}>{count.format(sum.input_tokens)}</Table.Td>
            <Table.Td className={shell.number}>{count.format(sum.output_tokens)}</Table.Td>
            <Table.Td className={shell.number}>
              <Text component="span" inherit fw={600}>
                {money(report.total_micros, report.currency)}
              </Text>
            </Table.Td>
            <Table.Td className={classes.bar} aria-hidden="true" />
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </div>
  );
}
