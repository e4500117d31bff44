import { Button, Text } from "@mantine/core";
import { useState } from "react";

import { usePages } from "../server/usePages";
import { usePermission } from "../session/permissions";
import { actorName } from "../shell/actorName";
import { EmptyState } from "../shell/EmptyState";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import classes from "./audit.module.css";
import { EraseDialog } from "./EraseDialog";
import type { Erasure } from "./records";

export function Erasures() {
  const mayErase = usePermission("erasure:write");
  const erasures = usePages<Erasure>("/api/v1/erasures");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <section className={classes.request} aria-label="New erasure">
        <div>
          <Text fw={600}>Erase what a document or a person said</Text>
          <Text size="sm" c="dimmed">
            The key of the content is destroyed, and what was written with it can never be read again: not here, not in a
            backup, not by the operator. That it existed stays on record, and every report still verifies.
          </Text>
        </div>
        {mayErase && (
          <Button variant="default" onClick={() => setIsOpen(true)}>
            Erase…
          </Button>
        )}
      </section>
      <Loaded resource={{ data: erasures.items, problem: erasures.problem, reload: erasures.reload }} what="the erasures">
        {(items) =>
          items.length === 0 ? (
            <EmptyState icon="shield" title="Nothing was erased">
              Each erasure will stand here with who asked for it and why.
            </EmptyState>
          ) : (
            <ul className={classes.reports} aria-label="Erasures">
              {items.map((erasure) => (
                <ErasureRow key={erasure.id} erasure={erasure} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {isOpen && <EraseDialog close={() => setIsOpen(false)} onChanged={erasures.reload} />}
    </>
  );
}

function ErasureRow({ erasure }: { erasure: Erasure }) {
  const isDocument = (erasure.document_id ?? null) !== null;
  return (
    <li className={classes.report}>
      <div className={classes.reportText}>
        <p>
          <strong>{isDocument ? "Document" : "Person"}</strong> <code>{erasure.document_id ?? erasure.subject_id}</code>
        </p>
        {erasure.reason !== undefined && <p>{erasure.reason}</p>}
        <p className={classes.reportMeta}>
          {erasure.requested_by !== null && erasure.requested_by !== undefined && <>{actorName(erasure.requested_by)}, </>}
          {erasure.requested_at !== undefined && <Moment at={erasure.requested_at} />} · {erasure.keys_destroyed} keys destroyed ·{" "}
          {erasure.payloads_deleted} payloads deleted
        </p>
      </div>
      <span>{erasure.state}</span>
    </li>
  );
}
