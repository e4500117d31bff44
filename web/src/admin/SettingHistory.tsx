import { Button, Skeleton, Text, Title } from "@mantine/core";

import type { Page } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { actorName } from "../shell/actorName";
import { Moment } from "../shell/Moment";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./admin.module.css";
import { type Setting, type SettingChange, shortValue } from "./settings";

interface Props {
  setting: Setting;
  currency: string;
  rollBack: ((version: number) => void) | undefined;
}

export function SettingHistory({ setting, currency, rollBack }: Props) {
  const history = useResource(`${setting.key}:${setting.version}`, (signal) =>
    getJson<Page<SettingChange>>(`/api/v1/settings/${setting.key}/history?limit=20`, signal),
  );
  const changes = history.data?.items;
  return (
    <section aria-label="History">
      <Title order={3} size="h5" mb={6}>
        Changes here
      </Title>
      {history.problem !== undefined && <ProblemNotice problem={history.problem} retry={history.reload} />}
      {changes === undefined && history.problem === undefined && <Skeleton height={40} />}
      {changes?.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody has set it in this tenant.
        </Text>
      )}
      <ol className={classes.changes}>
        {changes?.map((change, index) => (
          <li key={change.version} className={classes.change}>
            <span>
              <strong>{shortValue(setting, change.value, currency)}</strong>
              <span className={classes.changeMeta}>
                {actorName(change.changed_by)}, <Moment at={change.changed_at} />
              </span>
            </span>
            {rollBack !== undefined && index > 0 && change.value !== null && (
              <Button size="xs" variant="subtle" onClick={() => rollBack(change.version)}>
                Roll back to this
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
