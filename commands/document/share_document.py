"""Say with whom a document is shared."""

from dataclasses import dataclass

from commands.directory.members import require_member
from commands.event_log import CommandContext, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from commands.streams import load_document
from domain.directory.roles import Role
from domain.document.decisions import require_written
from domain.document.sharing import Access, Sharing, share, shared, sharing_stream
from domain.ids import DocumentId, MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDocument:
    """`expected_version` is that of the sharing, which has a version of its own."""

    document_id: DocumentId
    sharing: Sharing
    people: tuple[tuple[MemberId, Access], ...] = ()
    expected_version: int | None = None


async def handle(command: ShareDocument, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchDocument, NoSuchMember, SharingRefused, NotYoursToShare, VersionConflict."""
    document = await load_document(ports.log, command.document_id, context)
    require_written(document.state, command.document_id)
    stream_id = sharing_stream(command.document_id)
    past = [recorded.event for recorded in await ports.log.load(stream_id, context.tenant)]
    if command.expected_version not in {None, len(past)}:
        raise VersionConflict(stream_id, len(past))
    state = shared(past)
    events = share(
        state,
        document_id=command.document_id,
        sharing=command.sharing,
        people=command.people,
        by=context.tenant.member_id,
        by_the_house=context.tenant.member_id is None or context.tenant.role is Role.OWNER,
    )
    for member_id, _ in command.people:
        if member_id not in state.people:
            await require_member(ports.log, member_id, context.tenant)
    receipt = await ports.log.append([StreamWrite(stream_id, len(past), events)], context)
    ports.rights.forget(command.document_id, context.tenant)
    return receipt
