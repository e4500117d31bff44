"""Say how good the answer of a model's call is."""

from collections.abc import Sequence
from dataclasses import dataclass

from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite
from commands.execute import Ports
from domain.ai.decisions import NoSuchAiCall, rate, settled_in
from domain.ai.events import AiCallSettled
from domain.ids import CallId, StreamId
from domain.recorded import Recorded
from domain.sealed import Sealed
from tenancy.context import TenantContext
from tenancy.document_rights import DocumentRights
from tenancy.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class RateAiCall:
    call_id: CallId
    rating: int
    comment: str = ""


async def handle(command: RateAiCall, context: CommandContext, ports: Ports) -> Receipt:
    """
    Rate a call in the name of whoever made it or may read usage, and reads its document.

    Raises NoSuchAiCall, RatingRefused.
    """
    past = await ports.log.load(StreamId(command.call_id), context.tenant)
    await require_rater(settled_in([recorded.event for recorded in past]), context.tenant, ports.rights)
    return await append_rating(ports.log, past, command.call_id, command.rating, command.comment, context)


async def append_rating(
    log: EventLog,
    past: Sequence[Recorded[Sealed]],
    call_id: CallId,
    rating: int,
    comment: str,
    context: CommandContext,
) -> Receipt:
    """Append what whoever asks says of a call; `past` is the call's stream."""
    events = rate(
        [recorded.event for recorded in past], rating=rating, comment=comment, rated_by=context.tenant.member_id
    )
    return await log.append([StreamWrite(StreamId(call_id), len(past), events)], context)


async def require_rater(call: AiCallSettled, context: TenantContext, rights: DocumentRights) -> None:
    """Raise NoSuchAiCall to whoever neither made the call nor may read usage, or may not read its document."""
    own = call.member_id is not None and call.member_id == context.member_id
    if not own and Permission.USAGE_READ not in context.permissions:
        raise NoSuchAiCall
    if call.document_id is not None and await rights.access(call.document_id, context) is None:
        raise NoSuchAiCall
