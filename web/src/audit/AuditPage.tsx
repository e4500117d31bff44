import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { usePermission } from "../session/permissions";
import { useSession } from "../session/SessionContext";
import { EmptyState } from "../shell/EmptyState";
import { NotFoundPage } from "../shell/NotFoundPage";
import { PageHead } from "../shell/PageHead";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { CheckpointBadge } from "./CheckpointBadge";
import { Entries } from "./Entries";
import { Erasures } from "./Erasures";
import { Reports } from "./Reports";

interface Section {
  key: string | undefined;
  name: string;
  permission: string;
  shown: () => ReactNode;
}

const SECTIONS: Section[] = [
  { key: undefined, name: "Record", permission: "audit:read", shown: () => <Entries /> },
  { key: "reports", name: "Reports", permission: "audit:read", shown: () => <Reports /> },
  { key: "erasures", name: "Erasures", permission: "audit:read", shown: () => <Erasures /> },
];

export function AuditPage() {
  const { section } = useParams({ from: "/signed-in/audit/{-$section}" });
  const { permissions } = useSession();
  const mayRead = usePermission("audit:read");
  const shown = SECTIONS.find(({ key }) => key === section);
  usePageTitle(shown === undefined || shown.key === undefined ? "Audit" : `${shown.name}, audit`);
  if (shown === undefined) return <NotFoundPage />;
  return (
    <div className={shell.pageWide}>
      <PageHead title="Audit">
        Everything that happened in this tenant. Each entry is a leaf of a hash tree whose root is signed every few seconds,
        so a missing, added or altered entry shows.
      </PageHead>
      {!mayRead ? (
        <EmptyState icon="lock" title="Not for your role">
          The record is shown to owners, administrators and auditors of the tenant. Ask one of them if you need to see it.
        </EmptyState>
      ) : (
        <>
          <CheckpointBadge />
          <nav className={shell.tabs} aria-label="Audit">
            {SECTIONS.filter(({ permission }) => permissions.includes(permission)).map(({ key, name }) => (
              <Link
                key={name}
                to="/audit/{-$section}"
                params={{ section: key }}
                className={shell.tab}
                activeOptions={{ exact: true, includeSearch: false }}
              >
                {name}
              </Link>
            ))}
          </nav>
          {shown.shown()}
        </>
      )}
    </div>
  );
}
