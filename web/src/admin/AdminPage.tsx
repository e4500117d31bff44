import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

import { FindingsSection } from "../moderation/FindingsSection";
import { TemplatesSection } from "../prompts/TemplatesSection";
import { useSession } from "../session/SessionContext";
import { EmptyState } from "../shell/EmptyState";
import { NotFoundPage } from "../shell/NotFoundPage";
import { PageHead } from "../shell/PageHead";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { MembersSection } from "./MembersSection";
import { PlanSection } from "./PlanSection";
import { ProvidersSection } from "./ProvidersSection";
import { SettingsSection } from "./SettingsSection";
import { SwitchesSection } from "./SwitchesSection";

interface Section {
  key: string | undefined;
  name: string;
  permission?: string;
  shown: () => ReactNode;
}

const SECTIONS: Section[] = [
  { key: undefined, name: "Members", permission: "member:read", shown: () => <MembersSection /> },
  { key: "settings", name: "Settings", permission: "settings:read", shown: () => <SettingsSection /> },
  { key: "switches", name: "Switches", permission: "settings:read", shown: () => <SwitchesSection /> },
  { key: "providers", name: "Providers", permission: "provider:read", shown: () => <ProvidersSection /> },
  { key: "prompts", name: "Prompts", permission: "template:read", shown: () => <TemplatesSection /> },
  { key: "findings", name: "Findings", permission: "moderation:review", shown: () => <FindingsSection /> },
  { key: "plan", name: "Plan", shown: () => <PlanSection /> },
];

export function AdminPage() {
  const { tenant, permissions } = useSession();
  const { section } = useParams({ from: "/signed-in/admin/{-$section}" });
  const allowed = SECTIONS.filter(({ permission }) => permission === undefined || permissions.includes(permission));
  const shown = SECTIONS.find(({ key }) => key === section);
  usePageTitle(shown === undefined || shown.key === undefined ? "Admin" : `${shown.name}, admin`);
  const tabs = useRef<HTMLElement>(null);
  // On a telephone the row of tabs is wider than the page.
  useEffect(() => {
    tabs.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [section]);
  if (shown === undefined) return <NotFoundPage />;
  return (
    <div className={shell.page}>
      <PageHead title={tenant.name}>Who belongs to this tenant, and by which rules it works.</PageHead>
      <nav ref={tabs} className={shell.tabs} aria-label="Admin">
        {allowed.map(({ key, name }) => (
          <Link
            key={name}
            to="/admin/{-$section}"
            params={{ section: key }}
            className={shell.tab}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {name}
          </Link>
        ))}
      </nav>
      {allowed.includes(shown) ? (
        shown.shown()
      ) : (
        <EmptyState icon="lock" title="Not for your role">
          {shown.name} are shown to owners, administrators and auditors. Ask one of them if you need it.
        </EmptyState>
      )}
    </div>
  );
}
