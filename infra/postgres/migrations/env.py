"""Alembic's entry: run the versions on the connection that infra/postgres/migrate.py opened."""

from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext

from infra.postgres.row_security import refuse_unprotected


def _protected(ctx: MigrationContext, step: Any, heads: Any, run_args: Any) -> None:
    """In the transaction of each version: one that forgets a policy is not applied."""
    del step, heads, run_args
    assert ctx.connection is not None
    refuse_unprotected(ctx.connection.connection.driver_connection)  # type: ignore[arg-type]  # psycopg's, by the URL


context.configure(
    connection=context.config.attributes["connection"], transaction_per_migration=True, on_version_apply=_protected
)
with context.begin_transaction():
    context.run_migrations()
