"""What deciding does to the body: find each hunk's place again, and make one edit of all that were accepted."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from commands.body_states import BodyState
from commands.content_work import content_work
from commands.document.edits import new_client_id, recorded_edits
from commands.document.room import require_room
from commands.event_log import CommandContext, StreamWrite, VersionConflict
from commands.execute import Ports
from commands.suggestion.applying import operations_of
from commands.suggestion.edited_body import EditedBody
from domain.actor import Actor
from domain.document.body import BodyKind
from domain.document.transport import Transport
from domain.ids import edits_stream
from domain.suggestion.events import Hunk, SuggestionMade
from domain.suggestion.places import places_of

LOOKS_MAX: Final = 10
"""At a body in which others always edit the very blocks that are to change."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The edit to append, and which of the hunks are in it; the places of the others are gone."""

    write: StreamWrite
    accepted: tuple[int, ...]
    outdated: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    update: bytes
    accepted: tuple[int, ...]
    outdated: tuple[int, ...]


async def apply_hunks(
    ports: Ports,
    context: CommandContext,
    *,
    kind: BodyKind,
    made: SuggestionMade,
    hunks: Sequence[Hunk],
    author: Actor | None = None,
) -> Applied:
    """
    Return what accepting these hunks writes, as an edit with a CRDT client of its own.

    `author` is the person who suggested the text; what a model wrote has none but its generation. Whoever edits at the
    same time has this decided again, for of two texts for one block the second is outdated.
    """
    document_id = made.document_id
    body = then = await ports.body_states.load(document_id, context.tenant)
    if hunks and body.position != made.position:
        then = await ports.body_states.load(document_id, context.tenant, until_position=made.position)
    change = await content_work(_change, ports, kind, then.state, body.state, hunks)
    pinned: int | None = body.version
    if context.is_last_try:
        change, pinned = await _beside_others(ports, context, kind, made, hunks, then, body, change), None
    if not change.update:
        return Applied(StreamWrite(edits_stream(document_id), None, []), change.accepted, change.outdated)
    await require_room(ports, body.state, change.update)
    edit = await asyncio.to_thread(
        recorded_edits,
        document_id,
        [change.update],
        session_id=str(made.suggestion_id),
        transport=Transport.SUGGESTION,
        generation_id=made.generation_id,
        author=author,
    )
    return Applied(StreamWrite(edits_stream(document_id), pinned, [edit]), change.accepted, change.outdated)


async def _beside_others(
    ports: Ports,
    context: CommandContext,
    kind: BodyKind,
    made: SuggestionMade,
    hunks: Sequence[Hunk],
    then: BodyState,
    body: BodyState,
    change: _Change,
) -> _Change:
    """Return a change that is still right while many type elsewhere, who leave no moment in which nobody does."""
    for _ in range(LOOKS_MAX):
        latest = await ports.body_states.load(made.document_id, context.tenant)
        if latest.version == body.version:
            return change
        accepted = [hunk for hunk in hunks if hunk.index in change.accepted]
        if None not in await content_work(_places, ports, kind, then.state, latest.state, accepted):
            return change
        body, change = latest, await content_work(_change, ports, kind, then.state, latest.state, hunks)
    raise VersionConflict(edits_stream(made.document_id), body.version)


def _change(ports: Ports, kind: BodyKind, then: bytes, now: bytes, hunks: Sequence[Hunk]) -> _Change:
    blocks = ports.bodies.blocks(kind, now)
    places = list(zip(hunks, _places(ports, kind, then, now, hunks), strict=True))
    placed = [(hunk, place) for hunk, place in places if place is not None]
    wanted = [ports.bodies.blocks_of(kind, hunk.inserted) for hunk, _ in placed]
    plain = [len(new) == 1 and new[0].plain for new in wanted]
    operations = operations_of(kind, blocks, placed, plain_of=plain)
    update = ports.bodies.edit(kind, now, operations, new_client_id()) if operations else b""
    accepted = tuple(hunk.index for hunk, _ in placed)
    return _Change(update, accepted, tuple(hunk.index for hunk, place in places if place is None))


def _places(ports: Ports, kind: BodyKind, then: bytes, now: bytes, hunks: Sequence[Hunk]) -> list[int | None]:
    if then is now:
        return [hunk.block_from for hunk in hunks]
    return places_of(hunks, EditedBody(ports.bodies, kind, then, now))
