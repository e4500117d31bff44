"""Is the database there, and is its schema the one that this code knows."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.postgres.engines import Databases
from tenancy.context import every_tenant


async def database_failures(databases: Databases, expected_revision: str) -> dict[str, str]:
    """Return what a request would fail on, with what to do about it; empty when all is well."""
    try:
        with every_tenant(reason="readiness concerns no tenant"):
            async with databases.app.connect() as connection:
                revision = (await connection.execute(text("SELECT sec.schema_revision()"))).scalar_one()
    except (SQLAlchemyError, OSError) as error:
        return {"database": f"does not answer ({type(error).__name__})"}
    if revision != expected_revision:
        return {"migrations": f"at {revision}, this version needs {expected_revision}: run `colophon migrate`"}
    return {}
