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
  const { keys_destroyed: keys, payloads_deleted: payloads } = erasure;
  return (
    <li className={classes.report}>
      <div className={classes.reportText}>
        <p>
          <strong>{erasure.scope === "document" ? "Document" : "Person"}</strong> <code>{erasure.id}</code>
        </p>
        <p>{erasure.reason}</p>
        <p className={classes.reportMeta}>
          {actorName(erasure.requested_by)}, <Moment at={erasure.requested_at} />
          {keys !== null && payloads !== null && ` · ${keys} keys destroyed · ${payloads} payloads deleted`}
        </p>
      </div>
      <span className={classes.erasureState}>{erasure.state}</span>
    </li>
  );
}
