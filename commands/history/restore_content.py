"""Bring a document's content back as it was, by another edit."""

from dataclasses import dataclass

from commands.bodies import Bodies
from commands.document.content import load_content
from commands.document.edits import new_client_id
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.history.reversing import (
    append_nothing,
    append_reversal,
    load_reversals,
    new_edit_id,
)
from commands.history.working_out import worked_out
from commands.streams import load_document_state
from domain.document.body import BodyKind
from domain.document.state import Stage
from domain.history.copies import Copies, Copy
from domain.history.decisions import PositionRefused
from domain.history.events import EditsReversed, Reversal
from domain.ids import DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreContent:
    """
    A position to come is now, and restoring now changes nothing.

    `expected_version` is that of the content: the position of its last edit.
    """

    document_id: DocumentId
    position: int
    expected_version: int | None = None


async def handle(command: RestoreContent, context: CommandContext, ports: Ports) -> Receipt:
    """What stands there still keeps its ids and authors; what comes back is copied and keeps its authors."""
    content = await load_content(ports, command.document_id, context, command.expected_version)
    before = await load_document_state(ports.log, command.document_id, context.tenant, command.position)
    if before.state.stage is Stage.UNWRITTEN:
        raise PositionRefused
    past = await load_reversals(ports.log, command.document_id, context.tenant)
    then = await ports.body_states.load(command.document_id, context.tenant, until_position=command.position)
    kind, now = content.document.state.body, content.body.state
    update, copies = await worked_out(_restored, ports.bodies, kind, then.state, now, past.copies)
    if not update:
        return await append_nothing(ports, context, content)
    restored = EditsReversed(
        document_id=command.document_id,
        reversal=Reversal.RESTORE,
        edit_id=new_edit_id(context),
        copies=copies,
        position=command.position,
    )
    return await append_reversal(ports, context, content, past, restored, update)


def _restored(
    bodies: Bodies, kind: BodyKind, then: bytes, now: bytes, copies: Copies
) -> tuple[bytes, tuple[Copy, ...]]:
    target = bodies.identified(kind, then)
    return bodies.rewrite(kind, now, target, new_client_id(), copies.root)
