import { Button, Code, Text, Title } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useEffect } from "react";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { usePages } from "../server/usePages";
import { usePermission } from "../session/permissions";
import { EmptyState } from "../shell/EmptyState";
import { Loaded } from "../shell/Loaded";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./audit.module.css";
import { type AuditFilter, moments, type Report } from "./records";
import { ReportList } from "./ReportList";

const LOOK_AGAIN_MS = 1000;

export function Reports() {
  const filter: AuditFilter = useSearch({ from: "/signed-in/audit/{-$section}" });
  const mayExport = usePermission("audit:export");
  const reports = usePages<Report>("/api/v1/audit/reports");
  const { items, reload } = reports;
  const isBusy = items?.some(({ state }) => state === "queued") ?? false;
  useEffect(() => {
    if (!isBusy) return;
    const timer = setInterval(reload, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isBusy, reload]);
  const request = useCommand(async () => {
    const { from, to, ...rest } = moments(filter);
    await postJson("/api/v1/audit/reports", { from: from ?? null, to: to ?? null, filter: rest });
    reload();
  });
  return (
    <>
      <section className={classes.request} aria-label="New report">
        <div>
          <Text fw={600}>{mayExport ? "A signed report for an auditor" : "Reports are made by auditors and administrators"}</Text>
          <Text size="sm" c="dimmed">
            {filterWords(filter)} As JSONL, CSV and a PDF summary, with a signed manifest, a proof, and a verifier in one file
            that needs no network.
          </Text>
        </div>
        {mayExport && (
          <Button loading={request.isRunning} onClick={() => void request.run()}>
            Request the report
          </Button>
        )}
      </section>
      {request.problem !== undefined && <ProblemNotice problem={request.problem} />}
      <Loaded resource={{ data: items, problem: reports.problem, reload }} what="the reports">
        {(made) =>
          made.length === 0 ? (
            <EmptyState icon="shield" title="No reports yet">
              Each report that is made stands here, and stays on record as an entry of its own.
            </EmptyState>
          ) : (
            <ReportList reports={made} mayDownload={mayExport} />
          )
        }
      </Loaded>
      <HowToVerify />
    </>
  );
}

function filterWords(filter: AuditFilter): string {
  const parts = Object.entries(filter).map(([key, value]) => `${key} ${value}`);
  return parts.length === 0 ? "The whole record." : `The record with the filter of the list: ${parts.join(", ")}.`;
}

function HowToVerify() {
  return (
    <section className={classes.verify} aria-label="How to verify">
      <Title order={2} size="h4" mb={6}>
        How to verify a report
      </Title>
      <Text size="sm" c="dimmed">
        On any machine, without this server: <Code>colophon audit verify bundle.zip</Code>, or unpack the bundle and run the
        verifier in it with Python. It recomputes every leaf, the proof to the signed root and each file’s digest, and names
        the first row that was changed, removed or added.
      </Text>
    </section>
  );
}
