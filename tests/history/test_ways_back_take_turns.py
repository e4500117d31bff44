"""Undoing, redoing, restoring and reverting lay bodies out: one tenant's do not stop what others take back."""

from contextlib import AsyncExitStack
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.catalogue import COMMANDS
from commands.execute import Ports
from commands.history.restore_content import RestoreContent
from commands.history.revert_contribution import RevertContribution
from commands.history.undo_edits import RedoEdits, UndoEdits
from commands.turns import TooMuchAtOnce, Turns
from domain.document.body import BodyKind
from domain.history.decisions import NothingToUndo
from domain.ids import DocumentId
from projections.id_maps import IdMapReader
from tests.history.pasts import created
from tests.support.world import Tenant

NOWHERE = DocumentId(UUID(int=1))
COMMANDS_THAT_TAKE_BACK = [
    UndoEdits(document_id=NOWHERE),
    RedoEdits(document_id=NOWHERE),
    RestoreContent(document_id=NOWHERE, position=1),
    RevertContribution(document_id=NOWHERE),
]


def ports_of(colophon: Colophon, ways_back: Turns) -> Ports:
    platform = colophon.platform
    return Ports(
        log=platform.log,
        bodies=platform.bodies,
        body_states=platform.body_states,
        policies=platform.policies,
        rights=platform.document_rights,
        id_maps=IdMapReader(platform.reads, platform.freshness),
        ways_back=ways_back,
    )


@pytest.mark.parametrize("command", COMMANDS_THAT_TAKE_BACK, ids=lambda command: type(command).__name__)
async def test_a_tenant_whose_turns_are_taken_is_refused_before_anything_is_read(
    colophon: Colophon, acme: Tenant, command: object
) -> None:
    turns = Turns(at_once_per_tenant_max=1, wait_seconds_max=0.01)
    async with turns.turn(acme.tenant_id):
        with pytest.raises(TooMuchAtOnce):
            await COMMANDS[type(command)].handle(command, acme.ana.command(), ports_of(colophon, turns))


async def test_another_tenant_undoes_meanwhile(
    client: AsyncClient, colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    # given
    document_id, _ = await created(client, globex.ana, body=BodyKind.RICH)
    turns = Turns()
    command = UndoEdits(document_id=DocumentId(UUID(document_id)))
    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(turns.turn(acme.tenant_id))
        # when, then
        with pytest.raises(NothingToUndo):
            await COMMANDS[UndoEdits].handle(command, globex.ana.command(), ports_of(colophon, turns))
