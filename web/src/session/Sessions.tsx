import { Badge, Button, Group, Table, Text } from "@mantine/core";

import type { Page } from "../server/resources";
import { getJson, remove } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import shell from "../shell/shell.module.css";

interface OpenSession {
  id: string;
  started_at: string | null;
  expires_at: string;
  current: boolean;
}

export function Sessions() {
  const sessions = useResource("sessions", (signal) => getJson<Page<OpenSession>>("/api/v1/sessions", signal));
  const end = useCommand(async (id: string | null) => {
    await remove(id === null ? "/api/v1/sessions" : `/api/v1/sessions/${id}`);
    sessions.reload();
  });
  return (
    <Loaded resource={sessions} what="your sessions" height={120}>
      {({ items }) => (
        <>
          {end.problem !== undefined && <ProblemNotice problem={end.problem} />}
          <SessionsTable items={items} end={(id) => void end.run(id)} />
          {items.length > 1 && (
            <Button mt="sm" variant="default" loading={end.isRunning} onClick={() => void end.run(null)}>
              Sign out everywhere else
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}

function SessionsTable({ items, end }: { items: OpenSession[]; end: (id: string) => void }) {
  return (
    <div className={shell.frame}>
      <Table verticalSpacing="sm" horizontalSpacing="md" aria-label="Your sessions">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Signed in</Table.Th>
            <Table.Th>Ends</Table.Th>
            <Table.Th aria-label="What to do" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((session) => (
            <Table.Tr key={session.id}>
              <Table.Td>{session.started_at === null ? "Some time ago" : <Moment at={session.started_at} />}</Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {new Date(session.expires_at).toLocaleDateString("en-GB", { day: "numeric", month: "long" })}
                </Text>
              </Table.Td>
              <Table.Td>
                <Group justify="flex-end">
                  {session.current ? (
                    <Badge variant="default" radius="sm" tt="none" fw={500}>
                      This one
                    </Badge>
                  ) : (
                    <Button size="xs" variant="default" onClick={() => end(session.id)}>
                      Sign out
                    </Button>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
