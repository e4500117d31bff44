"""Is the database there, is its schema the one that this code knows, and does it agree about the time."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra import clock
from infra.postgres.engines import Databases
from tenancy.context import every_tenant

CLOCK_SECONDS_MAX = 30.0
"""Half of a signed context's life: time to mend the clock before the database refuses this process."""

_REVISION = text("SELECT sec.schema_revision()")
_REVISION_AND_TIME = text("SELECT sec.schema_revision(), clock_timestamp()")


async def keystore_failures(databases: Databases, expected_revision: str) -> dict[str, str]:
    """Return what is wrong with a keystore in a database of its own."""
    if not databases.keystore_apart:
        return {}
    try:
        with every_tenant(reason="readiness concerns no tenant"):
            async with databases.keyring.connect() as connection:
                revision = (await connection.execute(_REVISION)).scalar_one()
    except (SQLAlchemyError, OSError) as error:
        return {"keystore": f"does not answer ({type(error).__name__})"}
    if revision != expected_revision:
        return {"keystore": f"at {revision}, this version needs {expected_revision}: run `colophon migrate`"}
    return {}


async def database_failures(databases: Databases, expected_revision: str) -> dict[str, str]:
    """Return what a request would fail on, with what to do about it; empty when all is well."""
    try:
        with every_tenant(reason="readiness concerns no tenant"):
            async with databases.app.connect() as connection:
                revision, its_now = (await connection.execute(_REVISION_AND_TIME)).one()
    except (SQLAlchemyError, OSError) as error:
        return {"database": f"does not answer ({type(error).__name__})"}
    if revision != expected_revision:
        return {"migrations": f"at {revision}, this version needs {expected_revision}: run `colophon migrate`"}
    seconds_ahead = (clock.now() - its_now).total_seconds()
    if abs(seconds_ahead) > CLOCK_SECONDS_MAX:
        behind = "ahead of" if seconds_ahead > 0 else "behind"
        return {"clock": f"{abs(seconds_ahead):.0f} s {behind} the database's: signatures are good for 60 s"}
    return {}
