"""Threads of comments as whoever may read their document sees them: each with the place of its text now."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextvars import Context
from dataclasses import dataclass
from uuid import UUID

from api.generating import SILENT_SECONDS_MAX, Still
from api.platform import Platform
from commands.comment.places import Found, found_places, is_whole, places_by_id
from commands.comment.threads import threads_of
from commands.streams import load_body_kind
from domain.comment.decisions import NoSuchComment
from domain.comment.events import Anchor, CommentMade
from domain.comment.state import Thread
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import CommentId, DocumentId, TenantId, edits_stream
from projections import comments
from projections.comments import CommentPlace, ThreadRow
from tenancy.context import TenantContext

CHANGES_PER_LOOK_MAX = 100
LOOK_SECONDS = 1.0
BETWEEN_LOOKS_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class ShownThread:
    """A thread, and where its text is: None when it is about no text, or about one that is gone."""

    thread: Thread
    found: Found | None

    @property
    def is_orphaned(self) -> bool:
        return self.thread.anchor is not None and self.found is None


async def comment_place(platform: Platform, context: TenantContext, comment_id: UUID) -> CommentPlace:
    """Return the thread and document of a comment; raise NoSuchComment to whoever may not read it."""
    async with platform.reads.as_app(context) as connection:
        place = await comments.place_of(connection, context.tenant_id, comment_id)
    if place is None or await platform.document_rights.access(place.document_id, context) is None:
        raise NoSuchComment
    return place


async def comment_written_at(platform: Platform, context: TenantContext, position: int) -> CommentId:
    """Return which comment a receipt is for: that of the first time when a request is repeated."""
    [recorded] = await platform.log.at([position], context)
    if not isinstance(recorded.event, CommentMade):
        raise NoSuchComment
    return recorded.event.comment_id


async def shown_threads(
    platform: Platform, context: TenantContext, document_id: DocumentId, rows: Sequence[ThreadRow]
) -> list[ShownThread]:
    """Return the threads of these rows, in their order, without what was erased. The body is loaded once at most."""
    past = await platform.log.at(sorted(position for row in rows for position in row.positions), context)
    by_id = (await asyncio.to_thread(threads_of, past)).by_id
    threads = [by_id[row.thread_id] for row in rows if row.thread_id in by_id]
    anchored = [thread for thread in threads if thread.anchor is not None]
    places: dict[CommentId, Found | None] = {}
    if anchored:
        # Anchors quote the document.
        platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
        anchors = [thread.anchor for thread in anchored if thread.anchor is not None]
        found = await _places(platform, context, document_id, anchors)
        places = {thread.thread_id: one for thread, one in zip(anchored, found, strict=True)}
    return [ShownThread(thread, places.get(thread.thread_id)) for thread in threads]


async def _places(
    platform: Platform, context: TenantContext, document_id: DocumentId, anchors: Sequence[Anchor]
) -> list[Found | None]:
    """Return where the anchors' texts are now; the body is loaded when its layout is not held, or words are sought."""
    stream_id = edits_stream(document_id)
    version = (await platform.log.versions_of([stream_id], context)).get(stream_id, 0)
    layout = platform.layouts.held(document_id, version)
    if layout is not None:
        by_ids = await asyncio.to_thread(places_by_id, layout, anchors)
        if all(map(is_whole, anchors, by_ids)):
            return found_places(anchors, by_ids, ())
    kind = await load_body_kind(platform.log, document_id, context)
    body = await platform.body_states.load(document_id, context)
    layout = await platform.layouts.of(document_id, kind, body)
    by_ids = await asyncio.to_thread(places_by_id, layout, anchors)
    are_whole = all(map(is_whole, anchors, by_ids))
    texts = () if are_whole else await asyncio.to_thread(platform.bodies.texts, kind, body.state)
    return await asyncio.to_thread(found_places, anchors, by_ids, texts)


async def shown_thread(
    platform: Platform, context: TenantContext, document_id: DocumentId, thread_id: UUID
) -> ShownThread:
    """Return one thread, also one of which nothing is left. Raises NoSuchComment."""
    async with platform.reads.as_app(context) as connection:
        row = await comments.thread(connection, context.tenant_id, thread_id)
    shown = [] if row is None else await shown_threads(platform, context, document_id, [row])
    if not shown:
        raise NoSuchComment
    return shown[0]


async def comment_thread(platform: Platform, context: TenantContext, thread_id: UUID) -> Thread:
    """Return one thread without looking for its text. Raises NoSuchComment."""
    async with platform.reads.as_app(context) as connection:
        row = await comments.thread(connection, context.tenant_id, thread_id)
    past = [] if row is None else await platform.log.at(sorted(row.positions), context)
    thread = (await asyncio.to_thread(threads_of, past)).by_id.get(CommentId(thread_id))
    if thread is None:
        raise NoSuchComment
    return thread


async def followed_threads(
    platform: Platform, document_id: DocumentId, still: Still
) -> AsyncIterator[ShownThread | None]:
    """Yield the threads as they are, then each one that changes; None while nothing does."""
    position, told_at = -1, _now()
    yield None
    while True:
        context = await still()
        # Heard from before the look on, so that no growth falls between looking and waiting.
        growth = asyncio.create_task(_growth(platform, context.tenant_id), context=Context())
        try:
            async with platform.reads.as_app(context) as connection:
                rows = await comments.changed_since(
                    connection, context.tenant_id, document_id, after=position, first=CHANGES_PER_LOOK_MAX
                )
            for one in await shown_threads(platform, context, document_id, rows) if rows else ():
                yield one
            if rows:
                position, told_at = rows[-1].position, _now()
            elif _now() - told_at >= SILENT_SECONDS_MAX:
                told_at = _now()
                yield None
            if not rows:
                await growth
        finally:
            growth.cancel()
        await asyncio.sleep(BETWEEN_LOOKS_SECONDS)


async def _growth(platform: Platform, tenant_id: TenantId) -> None:
    await platform.growth.wait_for_growth(tenant_id, seconds_max=LOOK_SECONDS)


def _now() -> float:
    return asyncio.get_running_loop().time()
