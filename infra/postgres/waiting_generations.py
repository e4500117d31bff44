"""Generations of every tenant that wait for a co-author."""

from collections.abc import Sequence

from sqlalchemy import text

from assistants.coauthor import WaitingGeneration
from infra.postgres.engines import Databases
from tenancy.context import every_tenant

_FIRST = text("SELECT tenant_id, generation_id, member_id FROM sec.waiting_generations(:generations)")


class PostgresWaitingGenerations:
    """Implements assistants.work.Waiting for generations."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def first(self, items_max: int) -> Sequence[WaitingGeneration]:
        """Return those that have waited longest."""
        with every_tenant(reason="text is written for whoever asked, whosever tenant it is"):
            async with self._databases.projector.begin() as connection:
                rows = (await connection.execute(_FIRST, {"generations": items_max})).all()
        return [WaitingGeneration(*row) for row in rows]
