"""What text in a document would cost, before anybody asks for it."""

from api.platform import Platform
from assistants.asking import request_of
from commands.content_work import content_work_of
from commands.generation.request_generation import GenerationSwitchedOff, RequestGeneration
from commands.streams import load_document_state
from domain.document.decisions import require_writable
from domain.generation.decisions import GenerationRefused, request
from domain.generation.events import GenerationRequested
from gateway.calls import Estimate
from tenancy.context import TenantContext
from tenancy.document_rights import Access


async def estimate_generation(platform: Platform, context: TenantContext, wish: RequestGeneration) -> Estimate:
    """Return what the wish would cost at most. Raises what refuses it; nothing is written, counted or held."""
    if context.member_id is None:
        raise GenerationRefused("Text is asked for by members.")
    if not (await platform.policies.of(context)).flag("feature.generation"):
        raise GenerationSwitchedOff
    await platform.document_rights.require(wish.document_id, context, Access.SUGGEST)
    document = (await load_document_state(platform.log, wish.document_id, context)).state
    require_writable(document, wish.document_id)
    body = await platform.body_states.load(wish.document_id, context)
    blocks = await content_work_of(context.tenant_id, platform.bodies.blocks, document.body, body.state)
    requested = GenerationRequested(
        generation_id=wish.generation_id,
        document_id=wish.document_id,
        kind=wish.kind,
        mode=wish.mode,
        instruction=wish.instruction,
        block_from=wish.block_from,
        block_to=wish.block_to,
        position=body.position,
        requested_by=context.member_id,
        template=wish.template,
        values=wish.values,
    )
    request(requested, blocks=len(blocks))
    asked = await request_of(requested, context, platform.log, platform.body_states)
    return await platform.gateway.estimate(asked, context)
