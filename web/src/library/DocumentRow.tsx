import { ActionIcon, Badge, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { DocumentSummary } from "../server/resources";
import { actorName } from "../shell/actorName";
import { Icon } from "../shell/Icon";
import { Moment } from "../shell/Moment";
import classes from "./library.module.css";

interface Props {
  document: DocumentSummary;
  mayWrite: boolean;
  archive: (id: string) => void;
  restore: (id: string) => void;
}

export function DocumentRow({ document, mayWrite, archive, restore }: Props) {
  const isArchived = document.status === "archived";
  return (
    <li className={classes.row}>
      <span className={classes.rowIcon}>
        <Icon name={document.body === "plain" ? "plain" : "document"} size={20} />
      </span>
      <div className={classes.rowText}>
        <Link to="/d/$id" params={{ id: document.id }} className={classes.rowTitle}>
          {document.title === "" ? "Untitled" : document.title}
        </Link>
        <span className={classes.rowMeta}>
          {actorName(document.updated_by)} · <Moment at={document.updated_at} />
        </span>
      </div>
      {document.body === "plain" && (
        <Badge variant="default" radius="sm" size="sm" className={classes.rowBadge}>
          Plain text
        </Badge>
      )}
      {mayWrite && (
        <Menu position="bottom-end" width={190}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" className={classes.rowMenu} aria-label={`More about ${document.title}`}>
              <Icon name="dots" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {isArchived ? (
              <Menu.Item leftSection={<Icon name="restore" size={16} />} onClick={() => restore(document.id)}>
                Restore
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<Icon name="archive" size={16} />} onClick={() => archive(document.id)}>
                Archive
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  );
}
