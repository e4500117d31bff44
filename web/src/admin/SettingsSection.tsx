import { Badge, Button, Title } from "@mantine/core";
import { useState } from "react";

import { usePermission } from "../session/permissions";
import { Loaded } from "../shell/Loaded";
import classes from "./admin.module.css";
import { SettingDialog } from "./SettingDialog";
import { currencyOf, grouped, isMoney, type Setting, setByWords, settingName, shortValue, useSettings } from "./settings";

export function SettingsSection() {
  const settings = useSettings();
  const mayChange = usePermission("settings:write");
  const [open, setOpen] = useState<Setting>();
  return (
    <Loaded resource={settings} what="the settings" height={420}>
      {({ items }) => (
        <>
          {grouped(items).map((group) => (
            <section key={group.name} className={classes.group} aria-label={group.name}>
              <Title order={2} size="h4" mb="xs">
                {group.name}
              </Title>
              <ul className={classes.settings}>
                {group.settings.map((setting) => (
                  <SettingRow
                    key={setting.key}
                    setting={setting}
                    currency={currencyOf(items)}
                    mayChange={mayChange}
                    open={() => setOpen(setting)}
                  />
                ))}
              </ul>
            </section>
          ))}
          {open !== undefined && (
            <SettingDialog
              setting={open}
              currency={currencyOf(items)}
              mayChange={mayChange}
              close={() => setOpen(undefined)}
              onChanged={settings.reload}
            />
          )}
        </>
      )}
    </Loaded>
  );
}

interface RowProps {
  setting: Setting;
  currency: string;
  mayChange: boolean;
  open: () => void;
}

function SettingRow({ setting, currency, mayChange, open }: RowProps) {
  return (
    <li className={classes.setting}>
      <div className={classes.settingText}>
        <h3 className={classes.settingName}>{settingName(setting.key)}</h3>
        <p className={classes.settingAbout}>{setting.description}</p>
      </div>
      <div className={classes.settingValue}>
        <span>{setting.type === "template" ? <em>Template</em> : shortValue(setting, setting.value, currency)}</span>
        {!isMoney(setting) && setting.unit !== null && <span className={classes.unit}> {setting.unit}</span>}
        <Badge variant="default" radius="sm" className={classes.badge} data-set-by={setting.set_by}>
          {setByWords(setting.set_by)}
        </Badge>
      </div>
      <Button variant="default" size="xs" onClick={open} aria-label={`${mayChange ? "Change" : "Look at"} ${settingName(setting.key)}`}>
        {mayChange ? "Change" : "Look"}
      </Button>
    </li>
  );
}
