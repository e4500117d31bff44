import { Table, Text } from "@mantine/core";

import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { Loaded } from "../shell/Loaded";
import { money } from "../shell/money";
import shell from "../shell/shell.module.css";
import { type KeyFigure, percent } from "./keyFigures";

/** How well calls went since a moment: all together, then by purpose. */
export function KeyFigures({ from }: { from: string }) {
  const query = new URLSearchParams({ from });
  const figures = useResource(`kpis:${query}`, (signal) =>
    getJson<{ items: KeyFigure[]; currency: string }>(`/api/v1/kpis?${query}`, signal),
  );
  return (
    <Loaded resource={figures} what="the key figures" height={120} forWhom="Key figures are shown to owners, administrators and auditors.">
      {({ items, currency }) =>
        items.length === 0 ? (
          <Text c="dimmed">No calls in this time.</Text>
        ) : (
          <>
            <div className={shell.frameScroll} tabIndex={0} role="region" aria-label="Table of key figures">
              <Table verticalSpacing="xs" horizontalSpacing="md" aria-label="Key figures">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Purpose</Table.Th>
                    <Table.Th className={shell.number}>Calls</Table.Th>
                    <Table.Th className={shell.number}>Slowest 5 %</Table.Th>
                    <Table.Th className={shell.number}>Errors</Table.Th>
                    <Table.Th className={shell.number}>Refused</Table.Th>
                    <Table.Th className={shell.number}>Fallbacks</Table.Th>
                    <Table.Th className={shell.number}>Cost of one</Table.Th>
                    <Table.Th className={shell.number}>Rating</Table.Th>
                    <Table.Th className={shell.number}>Accuracy</Table.Th>
                    <Table.Th className={shell.number}>At least 70 % sure</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((figure) => (
                    <Table.Tr key={figure.purpose ?? ""}>
                      <Table.Td>{figure.purpose ?? <strong>All</strong>}</Table.Td>
                      <Table.Td className={shell.number}>{figure.requests}</Table.Td>
                      <Table.Td className={shell.number}>
                        {figure.latency_p95_milliseconds === null ? "–" : `${figure.latency_p95_milliseconds} ms`}
                      </Table.Td>
                      <Table.Td className={shell.number}>{percent(figure.error_share)}</Table.Td>
                      <Table.Td className={shell.number}>{percent(figure.refused_share)}</Table.Td>
                      <Table.Td className={shell.number}>{percent(figure.fallback_share)}</Table.Td>
                      <Table.Td className={shell.number}>{money(Math.round(figure.cost_micros_per_call), currency)}</Table.Td>
                      <Table.Td className={shell.number}>
                        {figure.rating_mean === null ? "None yet" : `${figure.rating_mean.toFixed(1)} (${figure.ratings})`}
                      </Table.Td>
                      <Table.Td className={shell.number}>
                        {figure.accuracy === null ? "Unknown" : `${percent(figure.accuracy)} (${figure.accuracy_examples})`}
                      </Table.Td>
                      <Table.Td className={shell.number}>{sure(figure.confidence)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
            <Text size="sm" c="dimmed" mt="sm">
              Errors are answers that broke off or were not in the form asked for, and calls that failed at every model; refused
              are those that a budget, a limit or a check stopped. Accuracy is of the newest test sets that
              somebody reported, with how many examples they had.
            </Text>
          </>
        )
      }
    </Loaded>
  );
}

function sure(confidence: number[]): string {
  const all = confidence.reduce((sum, count) => sum + count, 0);
  return all === 0 ? "Unknown" : percent(confidence.slice(7).reduce((sum, count) => sum + count, 0) / all);
}
