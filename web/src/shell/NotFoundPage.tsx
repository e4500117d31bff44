import { Link } from "@tanstack/react-router";

import { EmptyState } from "./EmptyState";
import classes from "./notices.module.css";
import { usePageTitle } from "./usePageTitle";

export function NotFoundPage() {
  usePageTitle("Not found");
  return (
    <EmptyState order={1} icon="document" title="There is no such page" action={<Link to="/" className={classes.link}>Back to the library</Link>}>
      It may have moved, or it belongs to a tenant you are not signed in to.
    </EmptyState>
  );
}
