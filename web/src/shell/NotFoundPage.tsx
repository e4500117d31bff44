import { Link } from "@tanstack/react-router";

import { EmptyState } from "./EmptyState";
import { usePageTitle } from "./usePageTitle";

export function NotFoundPage() {
  usePageTitle("Not found");
  return (
    <EmptyState icon="document" title="There is no such page" action={<Link to="/">Back to the library</Link>}>
      It may have moved, or it belongs to a tenant you are not signed in to.
    </EmptyState>
  );
}
