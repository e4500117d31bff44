import { Badge, Table, Text } from "@mantine/core";

import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import shell from "../shell/shell.module.css";
import classes from "./admin.module.css";

interface Provider {
  id: string;
  provider: string;
  model: string;
  state: "healthy" | "open" | "disabled";
  last_error_at: string | null;
  p95_latency_milliseconds: number | null;
  offline: boolean;
  what_it_is: string;
}

const STATES: Record<Provider["state"], string> = {
  healthy: "Healthy",
  open: "Failing, rests",
  disabled: "Not set up",
};

export function ProvidersSection() {
  const providers = useResource("providers", (signal) => getJson<{ items: Provider[] }>("/api/v1/providers", signal));
  return (
    <Loaded resource={providers} what="the providers" forWhom="Providers are shown to owners and administrators.">
      {({ items }) => (
        <>
          <div className={shell.frameScroll} tabIndex={0} role="region" aria-label="Table of providers">
            <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="Providers">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Model</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th className={shell.number}>Slowest 5 %</Table.Th>
                  <Table.Th>Last failure</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((provider) => (
                  <ProviderRow key={provider.id} provider={provider} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
          <Text size="sm" c="dimmed" mt="md">
            Keys of hosted models belong to the installation and are set in its environment. Which models your tenant uses
            stands in the settings, under routes.
          </Text>
        </>
      )}
    </Loaded>
  );
}

function ProviderRow({ provider }: { provider: Provider }) {
  const latency = provider.p95_latency_milliseconds;
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={600} size="sm">
          {provider.id}
        </Text>
        <Text size="sm" c="dimmed">
          {provider.what_it_is}
          {provider.offline && " Nothing leaves this machine."}
        </Text>
      </Table.Td>
      <Table.Td>
        <Badge variant="default" radius="sm" className={classes.badge} data-status={provider.state}>
          {STATES[provider.state]}
        </Badge>
      </Table.Td>
      <Table.Td className={shell.number}>{latency === null ? "Not called yet" : `${Math.round(latency)} ms`}</Table.Td>
      <Table.Td>{provider.last_error_at === null ? "None" : <Moment at={provider.last_error_at} />}</Table.Td>
    </Table.Tr>
  );
}
