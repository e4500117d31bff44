"""From a wish for text in a document to the request that the gateway gets."""

from commands.body_states import BodyStates
from commands.content_work import content_work
from commands.event_log import EventLog
from commands.generation.generation_stream import call_of
from commands.streams import load_document_state
from domain.document.body import BodyKind
from domain.generation.events import GenerationRequested
from domain.template.values import unpacked_values
from gateway.calls import AiRequest, Purpose
from tenancy.context import TenantContext

CONTEXT_CHARACTERS_MAX = 6_000


async def request_of(
    requested: GenerationRequested, context: TenantContext, log: EventLog, body_states: BodyStates
) -> AiRequest:
    """Return what the gateway is asked: the document's text around the place, and what it is to be rested on."""
    document = (await load_document_state(log, requested.document_id, context)).state
    # As it was when it was asked for: a second try after a crash sees the same text.
    body = await body_states.load(requested.document_id, context, until_position=requested.position)
    blocks = await content_work(body_states.bodies.blocks, document.body, body.state)
    markdown = [block.markdown for block in blocks]
    start = len(markdown) if requested.block_from is None else min(requested.block_from, len(markdown))
    end = len(markdown) if requested.block_to is None else min(requested.block_to, len(markdown))
    between = "\n" if document.body is BodyKind.PLAIN else "\n\n"
    purpose = Purpose(requested.kind)
    selection = between.join(markdown[start:end])
    around = between.join(markdown[:start])[-CONTEXT_CHARACTERS_MAX:]
    whole = purpose in {Purpose.SUMMARISE, Purpose.EXTRACT} and not selection
    return AiRequest(
        call_id=call_of(requested.generation_id),
        purpose=purpose,
        variables={
            "title": document.title,
            "instruction": requested.instruction,
            "selection": between.join(markdown) if whole else selection,
            "context": "" if whole else around,
        },
        question=f"{requested.instruction} {document.title}" if purpose is Purpose.DRAFT else None,
        document_id=requested.document_id,
        template=requested.template,
        values=unpacked_values(requested.values),
        endpoint="generation",
    )
