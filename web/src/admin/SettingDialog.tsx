import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { getJson, postJson, putJson, remove } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { Dialog } from "../shell/Dialog";
import { ProblemNotice } from "../shell/ProblemNotice";
import { SettingConflict } from "./SettingConflict";
import { SettingHistory } from "./SettingHistory";
import { SettingInput } from "./SettingInput";
import { readTyped, type Setting, settingName, type SettingValue, shortValue, typedOf } from "./settings";

interface Props {
  setting: Setting;
  currency: string;
  mayChange: boolean;
  close: () => void;
  onChanged: () => void;
}

export function SettingDialog({ setting, currency, mayChange, close, onChanged }: Props) {
  // What it was when this dialog last looked: another administrator's change must not be overwritten unseen.
  const [known, setKnown] = useState(setting);
  const [typed, setTyped] = useState(typedOf(setting));
  const path = `/api/v1/settings/${setting.key}`;
  const done = () => {
    onChanged();
    close();
  };
  const change = useCommand(async (value: SettingValue) => {
    await putJson(path, { value }, known.version);
    done();
  });
  const reset = useCommand(async () => {
    await remove(path, known.version);
    done();
  });
  const rollBack = useCommand(async (version: number) => {
    await postJson(`${path}/rollback`, { version }, known.version);
    done();
  });
  const look = useCommand(async () => {
    setKnown(await getJson<Setting>(path));
    change.forget();
    reset.forget();
    rollBack.forget();
  });
  const problem = change.problem ?? reset.problem ?? rollBack.problem;
  const read = readTyped(known, typed);
  return (
    <Dialog isOpen close={close} title={settingName(setting.key)} size={setting.type === "template" ? "xl" : "md"}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if ("value" in read) void change.run(read.value);
        }}
      >
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {known.description} <code>{known.key}</code>
          </Text>
          <SettingInput
            setting={known}
            currency={currency}
            typed={typed}
            change={setTyped}
            refusal={"refusal" in read ? read.refusal : undefined}
            isReadOnly={!mayChange}
          />
          {problem?.code === "stream.version_conflict" ? (
            <SettingConflict known={known} currency={currency} look={() => void look.run()} isLooking={look.isRunning} />
          ) : (
            problem !== undefined && <ProblemNotice problem={problem} />
          )}
          {known.version !== setting.version && (
            <Text size="sm" role="status">
              It is now <strong>{shortValue(known, known.value, currency)}</strong>. Set yours anyway, or close and leave theirs.
            </Text>
          )}
          {mayChange && (
            <Group justify={known.set_by === "tenant" ? "space-between" : "flex-end"} gap="xs">
              {known.set_by === "tenant" && (
                <Button variant="subtle" loading={reset.isRunning} onClick={() => void reset.run()}>
                  Take back
                </Button>
              )}
              <Group gap="xs">
                <Button variant="default" onClick={close}>
                  Cancel
                </Button>
                <Button type="submit" disabled={"refusal" in read} loading={change.isRunning}>
                  Set
                </Button>
              </Group>
            </Group>
          )}
          <SettingHistory setting={known} currency={currency} rollBack={mayChange ? (version) => void rollBack.run(version) : undefined} />
        </Stack>
      </form>
    </Dialog>
  );
}
