import { Badge, Table, Text } from "@mantine/core";

import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { Loaded } from "../shell/Loaded";
import { money } from "../shell/money";
import shell from "../shell/shell.module.css";

interface Plan {
  name: string;
  members_max: number | null;
  documents_max: number | null;
  tenant_month_micros_max: number | null;
  current: boolean;
}

const count = new Intl.NumberFormat("en-US");

function cap(value: number | null, show: (value: number) => string = (number) => count.format(number)): string {
  return value === null ? "No cap" : show(value);
}

export function PlanSection() {
  const plans = useResource("plans", (signal) => getJson<{ items: Plan[] }>("/api/v1/plans", signal));
  return (
    <Loaded resource={plans} what="the plans" height={170}>
      {({ items }) => (
        <>
          <div className={shell.frameScroll} tabIndex={0} role="region" aria-label="Table of plans">
            <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="Plans">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Plan</Table.Th>
                  <Table.Th className={shell.number}>Members</Table.Th>
                  <Table.Th className={shell.number}>Documents</Table.Th>
                  <Table.Th className={shell.number}>AI in a month</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((plan) => (
                  <Table.Tr key={plan.name}>
                    <Table.Td>
                      <Text component="span" inherit fw={plan.current ? 600 : 400} tt="capitalize">
                        {plan.name}
                      </Text>{" "}
                      {plan.current && (
                        <Badge radius="sm" tt="none" variant="light" ml={6}>
                          Yours
                        </Badge>
                      )}
                    </Table.Td>
                    <Table.Td className={shell.number}>{cap(plan.members_max)}</Table.Td>
                    <Table.Td className={shell.number}>{cap(plan.documents_max)}</Table.Td>
                    <Table.Td className={shell.number}>{cap(plan.tenant_month_micros_max, money)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
          <Text size="sm" c="dimmed" mt="md">
            The operator of this installation moves a tenant to another plan. A cap that is reached stops new members or
            documents; nothing that exists is lost.
          </Text>
        </>
      )}
    </Loaded>
  );
}
