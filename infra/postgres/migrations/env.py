"""Alembic's entry: run the versions on the connection that infra/postgres/migrate.py opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
