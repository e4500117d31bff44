import { Button, Group, Stack } from "@mantine/core";
import { useState } from "react";

import { getJson, postJson, putJson, remove } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { usePermission } from "../session/permissions";
import { actorName } from "../shell/actorName";
import { Dialog } from "../shell/Dialog";
import { Loaded } from "../shell/Loaded";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import { ContentView } from "./ContentView";
import { DraftDialog } from "./DraftDialog";
import classes from "./prompts.module.css";
import { type Arm, type TemplateDetail, type Version, versionWords } from "./templates";

interface Props {
  name: string;
  close: () => void;
  onChanged: () => void;
}

type Deed = "approve" | "live" | "beside" | "retire";

export function TemplateDialog({ name, close, onChanged }: Props) {
  const address = `/api/v1/templates/${name}`;
  const template = useResource(name, (signal) => getJson<TemplateDetail>(address, signal));
  const mayWrite = usePermission("template:write");
  const [basis, setBasis] = useState<Version>();
  const changed = () => {
    template.reload();
    onChanged();
  };
  const act = useCommand(async (deed: Deed, { version }: Version, { live, version: seen }: TemplateDetail) => {
    const arms: Arm[] = deed === "beside" ? [...live, { version, weight: 10 }] : [{ version, weight: 100 }];
    if (deed === "approve") await postJson(`${address}/versions/${version}/approval`, {}, seen);
    else if (deed === "retire") await remove(`${address}/versions/${version}`, seen);
    else await putJson(`${address}/live`, { arms: deed === "beside" ? inTenths(arms) : arms }, seen);
    changed();
  });
  return (
    <Dialog isOpen close={close} title={`Prompt template ${name}`} size="xl">
      <Loaded resource={template} what="the template">
        {(shown) => (
          <Stack gap="md">
            {act.problem !== undefined && <ProblemNotice problem={act.problem} retry={template.reload} />}
            <ul className={classes.list} aria-label="Versions">
              {shown.versions.map((version) => (
                <VersionRow
                  key={version.version}
                  version={version}
                  template={shown}
                  isRunning={act.isRunning}
                  act={(deed) => void act.run(deed, version, shown)}
                  write={mayWrite ? () => setBasis(version) : undefined}
                />
              ))}
            </ul>
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Close
              </Button>
            </Group>
          </Stack>
        )}
      </Loaded>
      {basis !== undefined && (
        <DraftDialog
          name={name}
          basis={basis.content}
          close={() => setBasis(undefined)}
          onWritten={() => {
            setBasis(undefined);
            changed();
          }}
        />
      )}
    </Dialog>
  );
}

/** The version that comes beside gets a tenth of the calls. */
function inTenths(arms: readonly Arm[]): Arm[] {
  return arms.map((arm, at) => ({ ...arm, weight: at === 0 ? 90 : 10 }));
}

interface RowProps {
  version: Version;
  template: TemplateDetail;
  isRunning: boolean;
  act: (deed: Deed) => void;
  write: (() => void) | undefined;
}

function VersionRow({ version, template, isRunning, act, write }: RowProps) {
  const mayApprove = usePermission("template:approve");
  const [isOpen, setIsOpen] = useState(version.version === template.newest);
  const { state, content } = version;
  const wasApproved = version.approved_at !== null;
  const deeds: [Deed, string, boolean][] = [
    ["approve", "Approve", state === "draft"],
    ["live", "Make live", wasApproved && (state !== "live" || template.live.length > 1)],
    ["beside", "Try beside", wasApproved && state !== "live" && template.live.length === 1 && template.live[0]?.version !== 0],
    ["retire", "Retire", state === "draft" || state === "approved" || state === "live"],
  ];
  return (
    <li className={classes.row}>
      <div className={classes.text}>
        <p>
          <strong>{version.version === 0 ? "What counts without your own" : `Version ${version.version}`}</strong>:{" "}
          {version.version === 0 && template.by_operator ? "Of the operator, for all tenants" : versionWords(version, template.live)}
        </p>
        <p className={classes.meta}>
          {version.drafted_by !== null && version.drafted_at !== null && (
            <>
              Written by {actorName(version.drafted_by)}, <Moment at={version.drafted_at} />
            </>
          )}
          {version.approved_by !== null && `, approved by ${actorName(version.approved_by)}`}
        </p>
      </div>
      <Group gap="xs">
        <Button variant="subtle" size="xs" onClick={() => setIsOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? "Hide" : "Read"}
        </Button>
        {write !== undefined && (
          <Button variant="default" size="xs" onClick={write}>
            Write the next
          </Button>
        )}
        {mayApprove &&
          deeds
            .filter(([, , isThere]) => isThere)
            .map(([deed, words]) => (
              <Button key={deed} variant="default" size="xs" loading={isRunning} onClick={() => act(deed)}>
                {words}
              </Button>
            ))}
      </Group>
      {isOpen && (
        <div className={classes.whole}>
          <ContentView content={content} />
        </div>
      )}
    </li>
  );
}
