import { Button, VisuallyHidden } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import library from "../library/library.module.css";
import { usePages } from "../server/usePages";
import { usePermission } from "../session/permissions";
import { EmptyState } from "../shell/EmptyState";
import { Loaded } from "../shell/Loaded";
import classes from "./audit.module.css";
import { EntryTable } from "./EntryTable";
import { Filters } from "./Filters";
import { type AuditEntry, type AuditFilter, moments } from "./records";

export function Entries() {
  const filter: AuditFilter = useSearch({ from: "/signed-in/audit/{-$section}" });
  const navigate = useNavigate({ from: "/audit/{-$section}" });
  const mayExport = usePermission("audit:export");
  const query = new URLSearchParams({ ...moments(filter), limit: "50" });
  const entries = usePages<AuditEntry>(`/api/v1/audit/entries?${query}`);
  return (
    <>
      <Filters key={JSON.stringify(filter)} filter={filter} ask={(wanted) => void navigate({ search: wanted as never, resetScroll: false })} />
      <div className={classes.listBar}>
        <Button variant="subtle" size="sm" onClick={entries.reload}>
          Refresh
        </Button>
        {mayExport && (
          <Button
            variant="default"
            size="sm"
            renderRoot={(props) => <Link to="/audit/{-$section}" params={{ section: "reports" }} search={filter as never} {...props} />}
          >
            Report of exactly this
          </Button>
        )}
      </div>
      <Loaded resource={{ data: entries.items, problem: entries.problem, reload: entries.reload }} what="the record" height={420}>
        {(items) =>
          items.length === 0 ? (
            <EmptyState icon="shield" title="No entries">
              {Object.keys(filter).length === 0 ? "Nothing has happened in this tenant yet." : "Nothing on record matches this filter."}
            </EmptyState>
          ) : (
            <>
              <VisuallyHidden role="status">{`${items.length} entries shown`}</VisuallyHidden>
              <EntryTable entries={items} />
            </>
          )
        }
      </Loaded>
      {entries.more !== undefined && (
        <div className={library.more}>
          <Button mt="md" variant="default" loading={entries.isLoading} onClick={entries.more}>
            Show older ones
          </Button>
        </div>
      )}
    </>
  );
}
