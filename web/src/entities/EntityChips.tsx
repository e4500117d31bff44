import { Link } from "@tanstack/react-router";

import type { Page } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import type { Entity } from "./entities";
import { kindWords } from "./entities";
import classes from "./entities.module.css";

const SHOWN_MAX = 6;

/** What the documents name that is called like this; nothing at all when there is nothing. */
export function EntityChips({ text }: { text: string }) {
  const path = `/api/v1/entities?${new URLSearchParams({ text, limit: String(SHOWN_MAX) })}`;
  const found = useResource(path, (signal) => getJson<Page<Entity>>(path, signal));
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <nav className={classes.chips} aria-label="Things of this name">
      {items.map((entity) => (
        <Link key={entity.id} to="/entities/$id" params={{ id: entity.id }} className={classes.chip}>
          {entity.name} <span className={classes.kind}>{kindWords(entity.kind)}</span>
        </Link>
      ))}
    </nav>
  );
}
