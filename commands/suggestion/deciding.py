"""What deciding does to the body: find each hunk's place again, and make one edit of all that were accepted."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from commands.document.edits import new_client_id, recorded_edits
from commands.event_log import StreamWrite
from commands.execute import Ports
from commands.suggestion.applying import operations_of
from domain.actor import Actor
from domain.document.body import BodyKind
from domain.document.transport import Transport
from domain.ids import DocumentId, GenerationId, SuggestionId, edits_stream
from domain.suggestion.events import Hunk
from domain.suggestion.hunks import places_of
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class Applied:
    """The edit to append, and which of the hunks are in it; the places of the others are gone."""

    write: StreamWrite
    accepted: tuple[int, ...]
    outdated: tuple[int, ...]


async def apply_hunks(
    ports: Ports,
    context: TenantContext,
    *,
    document_id: DocumentId,
    kind: BodyKind,
    suggestion_id: SuggestionId,
    generation_id: GenerationId | None,
    hunks: Sequence[Hunk],
    author: Actor | None = None,
) -> Applied:
    """
    Return what accepting these hunks writes, as an edit with a CRDT client of its own.

    `author` is the person who suggested the text; what a model wrote has none but its generation.
    """
    body = await ports.body_states.load(document_id, context)
    update, accepted, outdated = await asyncio.to_thread(_update, ports, kind, body.state, hunks)
    events = []
    if update:
        events.append(
            await asyncio.to_thread(
                recorded_edits,
                document_id,
                [update],
                session_id=str(suggestion_id),
                transport=Transport.SUGGESTION,
                generation_id=generation_id,
                author=author,
            )
        )
    return Applied(StreamWrite(edits_stream(document_id), None, events), accepted, outdated)


def _update(
    ports: Ports, kind: BodyKind, state: bytes, hunks: Sequence[Hunk]
) -> tuple[bytes, tuple[int, ...], tuple[int, ...]]:
    blocks = ports.bodies.blocks(kind, state)
    markdown = [block.markdown for block in blocks]
    places = list(zip(hunks, places_of(hunks, markdown), strict=True))
    placed = [(hunk, place) for hunk, place in places if place is not None]
    wanted = [ports.bodies.blocks_of(kind, hunk.inserted) for hunk, _ in placed]
    plain = [len(new) == 1 and new[0].plain for new in wanted]
    operations = operations_of(kind, blocks, placed, plain_of=plain)
    update = ports.bodies.edit(kind, state, operations, new_client_id()) if operations else b""
    accepted = tuple(hunk.index for hunk, _ in placed)
    return update, accepted, tuple(hunk.index for hunk, place in places if place is None)
