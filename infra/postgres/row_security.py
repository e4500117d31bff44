"""No table without row security: what the catalogue says of each table of ours, and the refusal of one without."""

from collections.abc import Sequence
from typing import Any

import psycopg

EXEMPT = {
    "public.alembic_version": "the schema's revision; no role that logs in may read it",
    "sec.context_keys": "no tenant's data, and no role that logs in may read it",
    "keystore.lasting_secrets": "the installation's own, wrapped; only the keyring may read it",
    "keystore.master_check": "one digest for the whole database",
    "keystore.master_keys": "fingerprints of the installation's master keys",
    "keystore.signing_keys": "the installation's own, wrapped; only the sealer may read it",
}
"""Tables that hold no tenant's data, each with the reason."""

ACROSS_TENANTS = {
    "colophon_appender": "owns log.append, which checks the signed context of every item itself",
    "colophon_resolver": "owns the look-ups before a tenant is known, which return ids and never content",
    "colophon_searcher": "owns read.search_passages, which takes the tenant from the signed context",
    "colophon_sealer": "seals every tenant's log; sees envelopes, heads and its own checkpoints, no payload",
}
"""Roles that the restrictive policy does not name. Each needs a permissive policy of its own for each table."""

ONLY_OWN_TENANT = "(tenant_id = ( SELECT sec.tenant() AS tenant))"

_UNPROTECTED = """
WITH ours AS (
  SELECT c.oid, c.relrowsecurity AND c.relforcerowsecurity AS forced, c.relispartition, c.relacl, c.relowner,
         n.nspname || '.' || c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     AND n.nspname || '.' || c.relname <> ALL (%(exempt)s)
), granted AS (
  SELECT o.oid, g.grantee FROM ours o, aclexplode(o.relacl) g
   UNION SELECT o.oid, g.grantee FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid, aclexplode(a.attacl) g
   UNION SELECT o.oid, o.relowner FROM ours o
)
SELECT name, 'does not force row security' FROM ours WHERE NOT forced
UNION ALL
SELECT name, 'has no tenant_id that must be set' FROM ours o WHERE NOT EXISTS (
  SELECT FROM pg_attribute a WHERE a.attrelid = o.oid AND a.attname = 'tenant_id' AND a.attnotnull
     AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped)
UNION ALL
SELECT name, 'is a partition with a grant of its own: ' || g.grantee::regrole
  FROM ours o JOIN granted g USING (oid) WHERE o.relispartition AND g.grantee <> o.relowner
UNION ALL
SELECT name, 'has no restrictive policy for ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END
  FROM ours o JOIN granted g USING (oid)
 WHERE NOT o.relispartition AND g.grantee::regrole::text <> ALL (%(across)s) AND NOT EXISTS (
  SELECT FROM pg_policy p WHERE p.polrelid = o.oid AND NOT p.polpermissive AND p.polcmd = '*'
     AND g.grantee = ANY (p.polroles) AND pg_get_expr(p.polqual, o.oid) = %(expression)s
     AND pg_get_expr(p.polwithcheck, o.oid) = %(expression)s)
ORDER BY 1, 2
"""


class UnprotectedTables(RuntimeError):
    """A migration made a table whose rows are not kept to their tenant."""

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("not migrated, because of tables without row security: " + "; ".join(findings))


def unprotected(connection: psycopg.Connection[Any]) -> list[str]:
    """Return a sentence for each gap in the protection of a table; none is as it should be."""
    facts = {"exempt": list(EXEMPT), "across": list(ACROSS_TENANTS), "expression": ONLY_OWN_TENANT}
    with psycopg.ClientCursor(connection) as cursor:
        return [" ".join(row) for row in cursor.execute(_UNPROTECTED, facts).fetchall()]


def refuse_unprotected(connection: psycopg.Connection[Any]) -> None:
    """Raise UnprotectedTables."""
    if findings := unprotected(connection):
        raise UnprotectedTables(findings)
