"""What was said in a call, for whoever judges findings and may read all that it rests on."""

from uuid import UUID

from api.platform import Platform
from api.traces import Trace, trace
from domain.ai.decisions import NoContentKept
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import CallId
from gateway.contents import CallContent
from tenancy.context import TenantContext


async def content(platform: Platform, context: TenantContext, call_id: UUID) -> CallContent:
    """Return it, and record that somebody looked. Raises NoSuchAiCall, NoContentKept."""
    found = await trace(platform, context, call_id)
    kept = await platform.contents.of(CallId(call_id), context) if _may_read(found, context) else None
    if kept is None:
        raise NoContentKept
    for document_id in {one for one in (found.fact.document_id, *found.source_documents) if one is not None}:
        platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
    platform.accesses.note(context, AccessKind.READ, ObjectKind.TENANT, context.tenant_id)
    return kept


def _may_read(found: Trace, context: TenantContext) -> bool:
    """Tell whether the reader may read every document it rests on; a conversation is of whoever has it."""
    fact, card, settled = found.fact, found.traced.card, found.settled
    return (
        settled is not None
        and len(found.source_documents) == len(settled.source_documents)
        and (fact.document_id is None or card.document_id is not None)
        and (fact.conversation_id is None or fact.member_id == context.member_id)
    )
