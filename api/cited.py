"""What sources say, read where they stand: by whoever may read them, and no longer than they can be read."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.platform import Platform
from commands.content_work import content_work
from domain.citation import Citation
from domain.document.body import BodyKind, ContentFormat
from domain.generation.events import Source
from domain.ids import DocumentId
from projections import document_library
from projections.document_library import DocumentCard
from tenancy.context import TenantContext

Revision = tuple[DocumentId, int]


@dataclass(frozen=True, slots=True)
class _Read:
    text: str
    blocks: tuple[str, ...]


async def cited(platform: Platform, context: TenantContext, sources: Sequence[Source]) -> Mapping[Source, Citation]:
    """Return each source that whoever asks may read, with its text; the others are not there for them."""
    if not sources:
        return {}
    async with platform.reads.as_app(context) as connection:
        cards = await document_library.cards_by_id(connection, context, list({s.document_id for s in sources}))
    readable = [source for source in sources if source.document_id in cards]
    wanted = {(source.document_id, source.position) for source in readable}
    read = {revision: await _read(platform, context, cards[revision[0]], revision[1]) for revision in wanted}
    return {
        source: _citation(source, cards[source.document_id], read[source.document_id, source.position])
        for source in readable
    }


async def _read(platform: Platform, context: TenantContext, card: DocumentCard, position: int) -> _Read:
    kind = BodyKind(card.body)
    body = await platform.body_states.load(card.document_id, context, until_position=position)

    def rendered() -> _Read:
        text = platform.bodies.render(kind, body.state, ContentFormat.TEXT)
        return _Read(text, tuple(block.markdown for block in platform.bodies.blocks(kind, body.state)))

    return await content_work(rendered)


def _citation(source: Source, card: DocumentCard, read: _Read) -> Citation:
    quote = read.text[source.start : source.end]
    headings = [block for block in read.blocks[: source.block_from + 1] if block.startswith("#")]
    return Citation(
        number=source.number,
        document_id=source.document_id,
        title=card.title,
        heading=headings[-1].lstrip("#").strip() if headings and card.body == BodyKind.RICH else "",
        position=source.position,
        block_from=source.block_from,
        block_to=source.block_to,
        start=source.start,
        end=source.end,
        sha256=hashlib.sha256(quote.encode()).hexdigest(),
        quote=quote,
    )
