"""Whoever has nothing to undo does not have the whole past read each time they ask."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.execute import Ports
from commands.history import undo_edits
from commands.history.undo_edits import RedoEdits, UndoEdits
from commands.turns import Turns
from domain.history.decisions import NothingToRedo, NothingToUndo
from domain.ids import DocumentId, StreamId, edits_stream
from domain.recorded import Recorded
from domain.sealed import Sealed
from tenancy.context import TenantContext
from tests.history.pasts import created, edit
from tests.history.test_ways_back_take_turns import ports_of
from tests.support.world import Person, Tenant

APPEND = "append_markdown"
EDITS = 5


class CountingLog:
    """The real one, that counts the edits it reads."""

    def __init__(self, log: Any, document_id: DocumentId) -> None:
        self._log = log
        self._stream_id = edits_stream(document_id)
        self.read: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def load(self, stream_id: StreamId, context: TenantContext, **bounds: Any) -> Sequence[Recorded[Sealed]]:
        recorded: Sequence[Recorded[Sealed]] = await self._log.load(stream_id, context, **bounds)
        self.read += [r.stream_version for r in recorded if r.stream_id == self._stream_id]
        return recorded


@pytest.fixture
async def written(client: AsyncClient, acme: Tenant) -> DocumentId:
    """Return a document that Ana has edited some times, beside what it began with."""
    document_id, _ = await created(client, acme.ana, markdown="Start")
    for number in range(EDITS - 1):
        await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": f"{number}"})
    return DocumentId(UUID(document_id))


def counting(colophon: Colophon, document_id: DocumentId) -> tuple[Ports, CountingLog]:
    log = CountingLog(colophon.platform.log, document_id)
    return replace(ports_of(colophon, Turns()), log=log), log


async def undo(person: Person, document_id: DocumentId, ports: Ports) -> None:
    await undo_edits.undo(UndoEdits(document_id=document_id), person.command(), ports)


async def test_asking_again_reads_only_what_came_since(
    client: AsyncClient, colophon: Colophon, acme: Tenant, written: DocumentId
) -> None:
    # given
    ports, log = counting(colophon, written)
    for _ in range(2):
        with pytest.raises(NothingToUndo):
            await undo(acme.olga, written, ports)
    read_twice = list(log.read)
    # when
    await edit(client, acme.olga, str(written), {"type": APPEND, "markdown": "Olga"})
    await undo(acme.olga, written, ports)
    # then
    assert (read_twice, log.read) == ([*range(1, EDITS + 1)], [*range(1, EDITS + 2)])


async def test_what_was_undone_since_can_be_redone(colophon: Colophon, acme: Tenant, written: DocumentId) -> None:
    # given
    ports, _ = counting(colophon, written)
    redo = RedoEdits(document_id=written)
    for _ in range(2):
        with pytest.raises(NothingToRedo):
            await undo_edits.redo(redo, acme.ana.command(), ports)
    # when, then
    undone = await undo_edits.undo(UndoEdits(document_id=written), acme.ana.command(), ports)
    redone = await undo_edits.redo(redo, acme.ana.command(), ports)
    assert redone.position > undone.position


async def test_what_was_read_is_not_read_again_to_look_further_back(
    colophon: Colophon, acme: Tenant, written: DocumentId, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(undo_edits, "LOOKED_BACK_EDITS", 1)
    monkeypatch.setattr(undo_edits, "LOOKED_FURTHER_BACK_EDITS", 2)
    ports, log = counting(colophon, written)
    # when
    with pytest.raises(NothingToUndo):
        await undo(acme.olga, written, ports)
    # then
    assert sorted(log.read) == [*range(1, EDITS + 1)]
