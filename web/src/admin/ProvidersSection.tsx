import { Badge, Button, Table, Text } from "@mantine/core";
import { useState } from "react";

import { getJson, removeJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { usePermission } from "../session/permissions";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import shell from "../shell/shell.module.css";
import classes from "./admin.module.css";
import { DrainDialog } from "./DrainDialog";
import { drainWords, ownDrain, priceWords, type Provider, stateWords } from "./providers";

export function ProvidersSection() {
  const providers = useResource("providers", (signal) => getJson<{ items: Provider[] }>("/api/v1/providers", signal));
  const maySwitch = usePermission("settings:write");
  const [leaving, setLeaving] = useState<string>();
  const back = useCommand(async (model: string) => {
    await removeJson(`/api/v1/providers/${model}/drain`);
    providers.reload();
  });
  return (
    <Loaded resource={providers} what="the providers" forWhom="Providers are shown to owners and administrators.">
      {({ items }) => (
        <>
          {back.problem !== undefined && <ProblemNotice problem={back.problem} />}
          <div className={shell.frameScroll} tabIndex={0} role="region" aria-label="Table of providers">
            <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="Providers">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Model</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Last failure</Table.Th>
                  <Table.Th className={shell.number}>Slowest 5 %</Table.Th>
                  {maySwitch && <Table.Th>Service</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((provider) => (
                  <ProviderRow
                    key={provider.id}
                    provider={provider}
                    maySwitch={maySwitch}
                    isRunning={back.isRunning}
                    takeOut={() => setLeaving(provider.id)}
                    takeBack={() => void back.run(provider.id)}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </div>
          <Text size="sm" c="dimmed" mt="md">
            State, failures and the wait for a first word are as the process sees them that answered this page. Keys of
            hosted models belong to the installation and are set in its environment. Which models your tenant uses stands
            in the settings, under routes.
          </Text>
          {leaving !== undefined && (
            <DrainDialog model={leaving} close={() => setLeaving(undefined)} onChanged={providers.reload} />
          )}
        </>
      )}
    </Loaded>
  );
}

interface RowProps {
  provider: Provider;
  maySwitch: boolean;
  isRunning: boolean;
  takeOut: () => void;
  takeBack: () => void;
}

function ProviderRow({ provider, maySwitch, isRunning, takeOut, takeBack }: RowProps) {
  return (
    <Table.Tr className={classes.provider}>
      <Table.Td className={classes.providerText}>
        <Text fw={600} size="sm">
          {provider.id}
        </Text>
        <Text size="sm" c="dimmed">
          {provider.what_it_is}
          {provider.offline && " Nothing leaves this machine."}
        </Text>
        <Text size="sm" c="dimmed">
          A million tokens, read and written: <span className={shell.number}>{priceWords(provider.rates)}</span>
        </Text>
        {provider.drained_by.map((drain) => (
          <Text size="sm" key={`${drain.by} ${drain.model}`}>
            {drainWords(drain)}
            {drain.actor?.name != null && ` (${drain.actor.name})`}
          </Text>
        ))}
      </Table.Td>
      <Table.Td>
        <Badge
          variant="default"
          radius="sm"
          className={classes.badge}
          data-status={provider.drained ? "drained" : provider.state}
        >
          {stateWords(provider)}
        </Badge>
      </Table.Td>
      <Table.Td>
        {provider.last_error_at === null ? (
          "None"
        ) : (
          <>
            {(provider.last_failure ?? "").replace("_", " ")} <Moment at={provider.last_error_at} />
          </>
        )}
      </Table.Td>
      <Table.Td className={shell.number}>
        {milliseconds(provider.p95_latency_milliseconds)}
        <Text size="sm" c="dimmed">
          {provider.p95_first_token_milliseconds !== null &&
            `first word ${milliseconds(provider.p95_first_token_milliseconds)}`}
        </Text>
      </Table.Td>
      {maySwitch && (
        <Table.Td>
          {ownDrain(provider) !== undefined ? (
            <Button size="xs" variant="default" loading={isRunning} onClick={takeBack} aria-label={`Take back ${provider.id} into service`}>
              Take back
            </Button>
          ) : (
            <Button size="xs" variant="default" onClick={takeOut} disabled={provider.drained} aria-label={`Take out ${provider.id} of service`}>
              Take out
            </Button>
          )}
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function milliseconds(value: number | null): string {
  return value === null ? "Not called yet" : `${Math.round(value)} ms`;
}
