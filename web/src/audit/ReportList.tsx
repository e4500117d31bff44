import { Badge, Button } from "@mantine/core";

import { actorName } from "../shell/actorName";
import { CopyButton } from "../shell/CopyButton";
import { Icon } from "../shell/Icon";
import { Moment } from "../shell/Moment";
import classes from "./audit.module.css";
import { abbreviated } from "./eventWords";
import type { Report } from "./records";

const STATES: Record<Report["state"], string> = {
  queued: "Being made",
  ready: "Ready",
  failed: "Failed",
  expired: "No longer kept",
};

export function ReportList({ reports, mayDownload }: { reports: Report[]; mayDownload: boolean }) {
  return (
    <ul className={classes.reports} aria-label="Reports">
      {reports.map((report) => (
        <li key={report.id} className={classes.report}>
          <div className={classes.reportText}>
            <p>
              <Badge variant="default" radius="sm" tt="none" className={classes.state} data-state={report.state}>
                {STATES[report.state]}
              </Badge>{" "}
              <strong>{range(report)}</strong>
            </p>
            <p className={classes.reportMeta}>
              {report.requested_by !== null && <>{actorName(report.requested_by)}, </>}
              <Moment at={report.requested_at} />
              {report.entry_count !== null && <> · {report.entry_count.toLocaleString("en-US")} entries</>}
              {report.root_hash !== null && (
                <>
                  {" "}
                  · root <code title={report.root_hash}>{abbreviated(report.root_hash)}</code>
                  <CopyButton value={report.root_hash} what="the root of the report" />
                </>
              )}
            </p>
            {report.state === "failed" && <p className={classes.failed}>{failure(report)}</p>}
          </div>
          <span role="status">
            {report.state === "ready" && mayDownload && (
              <Button
                component="a"
                href={`/api/v1/audit/reports/${report.id}/bundle`}
                download={`audit-report-${report.id}.zip`}
                variant="default"
                leftSection={<Icon name="download" size={16} />}
              >
                Download
              </Button>
            )}
            {report.state === "queued" && "Working on it…"}
          </span>
        </li>
      ))}
    </ul>
  );
}

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

function range({ from, to }: Report): string {
  if (from === null && to === null) return "The whole record";
  const words = [from === null ? "" : `from ${day.format(new Date(from))}`, to === null ? "" : `to ${day.format(new Date(to))}`];
  return words.filter((word) => word !== "").join(" ").replace(/^./, (first) => first.toUpperCase());
}

function failure({ error }: Report): string {
  if (error === null) return "It could not be made. Request it again.";
  return typeof error === "string" ? error : (error.message ?? error.code ?? "It could not be made. Request it again.");
}
