import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";

import { getJson, postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";
import { useResource } from "../server/useResource";
import { ProblemNotice } from "../shell/ProblemNotice";
import classes from "./history.module.css";
import { LABEL_CHARACTERS_MAX, type NamedVersion, VersionItem } from "./VersionItem";

interface Props {
  documentId: string;
  shownPosition: number | undefined;
  mayWrite: boolean;
  /** Changes whenever something happened to the document. */
  news: number;
  show: (position: number) => void;
}

/** The versions that have names, and a field to name the one that is shown. */
export function NamedVersions({ documentId, shownPosition, mayWrite, news, show }: Props) {
  const path = `/api/v1/documents/${documentId}/versions`;
  const versions = useResource(path, (signal) => getJson<{ items: NamedVersion[] }>(path, signal));
  const { reload } = versions;
  useEffect(() => {
    if (news > 0) reload();
  }, [news, reload]);
  const [label, setLabel] = useState("");
  const naming = useCommand((wanted: string) =>
    postJson(path, { label: wanted, ...(shownPosition === undefined ? {} : { position: shownPosition }) }),
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if ((await naming.run(label)) === undefined) return;
    setLabel("");
    reload();
  };
  const problem = naming.problem ?? versions.problem;
  return (
    <section className={classes.versions} aria-label="Named versions">
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <ul className={classes.list}>
        {versions.data?.items.map((version) => (
          <VersionItem
            key={version.id}
            version={version}
            path={path}
            isShown={shownPosition === version.position}
            mayWrite={mayWrite}
            show={() => show(version.position)}
            onChanged={reload}
          />
        ))}
      </ul>
      {mayWrite && (
        <form onSubmit={(event) => void submit(event)}>
          <Group gap="xs" align="end" wrap="nowrap">
            <TextInput
              flex={1}
              size="xs"
              label={shownPosition === undefined ? "Name the text as it is now" : "Name the version shown"}
              maxLength={LABEL_CHARACTERS_MAX}
              required
              withAsterisk={false}
              value={label}
              onChange={(event) => setLabel(event.currentTarget.value)}
            />
            <Button type="submit" size="xs" variant="default" loading={naming.isRunning} disabled={label.trim() === ""}>
              Name
            </Button>
          </Group>
        </form>
      )}
    </section>
  );
}
