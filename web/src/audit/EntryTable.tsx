import { Badge, Table } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { actorName } from "../shell/actorName";
import { CopyButton } from "../shell/CopyButton";
import { Moment } from "../shell/Moment";
import shell from "../shell/shell.module.css";
import classes from "./audit.module.css";
import { abbreviated, eventWords } from "./eventWords";
import { type AuditEntry, factWords } from "./records";

export function EntryTable({ entries }: { entries: AuditEntry[] }) {
  return (
    <div className={shell.frame}>
      <Table verticalSpacing="xs" horizontalSpacing="md" className={classes.table ?? ""} aria-label="Record, newest first">
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
          {entries.map((entry) => (
            <EntryRow key={entry.event_id} entry={entry} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function EntryRow({ entry }: { entry: AuditEntry }) {
  const facts = factWords(entry.facts);
  return (
    <Table.Tr>
      <Table.Td className={classes.position}>{entry.position}</Table.Td>
      <Table.Td className={classes.when}>
        <Moment at={entry.at} />
      </Table.Td>
      <Table.Td className={classes.who}>{actorName(entry.actor)}</Table.Td>
      <Table.Td className={classes.what}>
        <span>
          {eventWords(entry.action).text} <Subject entry={entry} />
          {entry.outcome !== "done" && (
            <Badge variant="default" radius="sm" tt="none" ml={6} className={classes.outcome}>
              {entry.outcome}
            </Badge>
          )}
        </span>
        <code className={classes.eventName}>{entry.action}</code>
        {facts.length > 0 && <span className={classes.facts}>{facts.join(" · ")}</span>}
      </Table.Td>
      <Table.Td className={classes.hash}>
        <span className={classes.hashBox}>
          <code title={entry.leaf_hash}>{abbreviated(entry.leaf_hash)}</code>
          <CopyButton value={entry.leaf_hash} what={`the leaf hash of entry ${entry.position}`} />
        </span>
      </Table.Td>
    </Table.Tr>
  );
}

function Subject({ entry: { subject } }: { entry: AuditEntry }) {
  if (subject?.kind !== "document") return null;
  return (
    <Link to="/d/$id" params={{ id: subject.id }} className={shell.link} preload={false}>
      (open the document)
    </Link>
  );
}
