import { Button, Text } from "@mantine/core";
import { useState } from "react";

import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { usePermission } from "../session/permissions";
import { Loaded } from "../shell/Loaded";
import { DraftDialog } from "./DraftDialog";
import classes from "./prompts.module.css";
import { TemplateDialog } from "./TemplateDialog";
import { liveWords, type Template } from "./templates";

/** What models are told, by name; a template is written, approved and made live where it is opened. */
export function TemplatesSection() {
  const templates = useResource("templates", (signal) => getJson<{ items: Template[] }>("/api/v1/templates", signal));
  const mayWrite = usePermission("template:write");
  const [opened, setOpened] = useState<string>();
  const [isNew, setIsNew] = useState(false);
  return (
    <>
      <div className={classes.bar}>
        <Text size="sm" c="dimmed" maw={560}>
          What stands here is what models are told. A new version is used once somebody has approved it and made it live; an
          older one made live again is the way back.
        </Text>
        {mayWrite && <Button onClick={() => setIsNew(true)}>New template</Button>}
      </div>
      <Loaded resource={templates} what="the prompt templates" height={420}>
        {({ items }) => (
          <ul className={classes.list} aria-label="Prompt templates">
            {items.map((template) => (
              <li key={template.name} className={classes.row}>
                <div className={classes.text}>
                  <p>
                    <strong>{template.name}</strong>
                  </p>
                  <p className={classes.meta}>{template.description}</p>
                </div>
                <span className={classes.meta}>{liveWords(template)}</span>
                <Button variant="default" size="xs" onClick={() => setOpened(template.name)} aria-label={`Open ${template.name}`}>
                  Open
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {opened !== undefined && (
        <TemplateDialog name={opened} close={() => setOpened(undefined)} onChanged={templates.reload} />
      )}
      {isNew && (
        <DraftDialog
          close={() => setIsNew(false)}
          onWritten={(name) => {
            setIsNew(false);
            templates.reload();
            setOpened(name);
          }}
        />
      )}
    </>
  );
}
