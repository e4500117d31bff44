"""Turns of every tenant that wait for an answer."""

from collections.abc import Sequence

from sqlalchemy import text

from assistants.turns import WaitingTurn
from infra.postgres.engines import Databases
from tenancy.context import every_tenant

_FIRST = text("SELECT tenant_id, conversation_id, turn_id, member_id FROM sec.waiting_turns(:turns)")


class PostgresWaitingTurns:
    """Implements assistants.work.Waiting."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def first(self, items_max: int) -> Sequence[WaitingTurn]:
        """Return those that have waited longest."""
        with every_tenant(reason="turns are answered whosever they are"):
            async with self._databases.projector.begin() as connection:
                rows = (await connection.execute(_FIRST, {"turns": items_max})).all()
        return [WaitingTurn(*row) for row in rows]
