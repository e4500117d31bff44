import { Table } from "@mantine/core";

import type { RecordedEvent } from "../server/resources";
import { actorName } from "../shell/actorName";
import { CopyButton } from "../shell/CopyButton";
import { Moment } from "../shell/Moment";
import classes from "./audit.module.css";
import { abbreviated, eventWords } from "./eventWords";

export function EventTable({ events }: { events: RecordedEvent[] }) {
  return (
    <div className={classes.frame}>
      <Table verticalSpacing="xs" horizontalSpacing="md" className={classes.table ?? ""} aria-label="Recorded events">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Position</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th>Who</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Leaf hash</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((event) => (
            <EventRow key={event.event_id} event={event} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function EventRow({ event }: { event: RecordedEvent }) {
  const words = eventWords(event.name);
  return (
    <Table.Tr>
      <Table.Td className={classes.position}>{event.position}</Table.Td>
      <Table.Td className={classes.when}>
        <Moment at={event.recorded_at} />
      </Table.Td>
      <Table.Td className={classes.who}>{actorName(event.actor)}</Table.Td>
      <Table.Td className={classes.what}>
        <span>{words.text}</span>
        <code className={classes.eventName} title={`Stream ${event.stream_id}, version ${event.stream_version}`}>
          {event.name}
        </code>
      </Table.Td>
      <Table.Td className={classes.hash}>
        <span className={classes.hashBox}>
          <code title={event.leaf_hash}>{abbreviated(event.leaf_hash)}</code>
          <CopyButton value={event.leaf_hash} what={`the leaf hash of event ${event.position}`} />
        </span>
      </Table.Td>
    </Table.Tr>
  );
}
