import { Switch, Text } from "@mantine/core";
import { useState } from "react";

import { putJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { usePermission } from "../session/permissions";
import { ConfirmDialog } from "../shell/ConfirmDialog";
import { Loaded } from "../shell/Loaded";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./admin.module.css";
import { type Setting, setByWords, settingName, useSettings } from "./settings";

const KILL_SWITCH = "ai.enabled";

export function SwitchesSection() {
  const settings = useSettings();
  const mayChange = usePermission("settings:write");
  const [leaving, setLeaving] = useState<Setting>();
  const turn = useCommand(async (setting: Setting, enabled: boolean) => {
    await putJson(`/api/v1/flags/${setting.key}`, { enabled }, setting.version);
    setLeaving(undefined);
    settings.reload();
  });
  const ask = (setting: Setting, enabled: boolean) =>
    setting.key === KILL_SWITCH && !enabled ? setLeaving(setting) : void turn.run(setting, enabled);
  return (
    <Loaded resource={settings} what="the switches">
      {({ items }) => (
        <>
          {turn.problem !== undefined && leaving === undefined && <ProblemNotice problem={turn.problem} retry={settings.reload} />}
          <ul className={classes.switches}>
            {items
              .filter(({ type }) => type === "flag")
              .map((setting) => (
                <li key={setting.key} className={classes.switchRow} data-kill={setting.key === KILL_SWITCH}>
                  <div>
                    <Text fw={600} component="p" id={`switch-${setting.key}`}>
                      {setting.key === KILL_SWITCH ? "AI for everybody (kill switch)" : settingName(setting.key)}
                    </Text>
                    <Text size="sm" c="dimmed" component="p">
                      {setting.description} {setByWords(setting.set_by)}.
                    </Text>
                  </div>
                  <Switch
                    size="md"
                    aria-labelledby={`switch-${setting.key}`}
                    checked={setting.value === true}
                    disabled={!mayChange || turn.isRunning}
                    onChange={(event) => ask(setting, event.currentTarget.checked)}
                  />
                </li>
              ))}
          </ul>
          <ConfirmDialog
            isOpen={leaving !== undefined}
            close={() => setLeaving(undefined)}
            title="Switch AI off for everybody?"
            verb="Switch AI off"
            confirm={() => leaving !== undefined && void turn.run(leaving, false)}
            isRunning={turn.isRunning}
            problem={turn.problem}
          >
            Within a second no call of this tenant reaches a model any more: drafts, chat and the API alike. Calls that run
            now are stopped. Documents, suggestions and the record stay as they are.
          </ConfirmDialog>
        </>
      )}
    </Loaded>
  );
}
