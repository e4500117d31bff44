"""A batch whose connection was lost is submitted again: each caller is told what became of its own append."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.event_store import writer
from infra.event_store.batch import AppendItem, Outcome
from infra.event_store.writer import GroupCommitWriter
from infra.event_store.writer_connection import OutcomeUnknown

REFUSED = "what PostgreSQL refuses"


class Breaking:
    """Loses the first batch on its way; refuses every batch with a certain item in it."""

    def __init__(self) -> None:
        self._is_lost = False

    async def append(self, items: Sequence[AppendItem], _: object, *, resubmitted: bool) -> list[Outcome]:
        if not self._is_lost:
            self._is_lost = True
            raise OutcomeUnknown
        assert resubmitted
        if any(item.signed_context == REFUSED for item in items):
            raise psycopg.errors.CharacterNotInRepertoire
        return [Outcome(outcome="recorded", position=1, streams=()) for _ in items]

    async def close(self) -> None:
        pass


async def test_what_is_refused_when_it_is_submitted_again_is_its_own_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "RECONNECT_SECONDS", 0.0)
    group_commit = GroupCommitWriter(cast("AsyncEngine", None))
    cast("Any", group_commit)._connection = Breaking()
    group_commit.start()
    items = [
        AppendItem(tenant_id=uuid4(), signed_context=context, idempotency_key=None, command_hash=None, writes=[])
        for context in ("one", REFUSED, "other")
    ]
    # when
    answers = await asyncio.gather(
        *(group_commit.append(item, lambda _: None, None) for item in items), return_exceptions=True
    )
    await group_commit.stop()
    # then
    assert [type(answer) for answer in answers] == [Outcome, psycopg.errors.CharacterNotInRepertoire, Outcome]
