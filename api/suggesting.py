"""Suggestions as whoever may read their document sees them: what is proposed, by which model, and each change of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from contextvars import Context
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.cited import cited
from api.generating import SILENT_SECONDS_MAX, Still, Written
from api.platform import Platform
from assistants.live_texts import Viewer
from commands.generation.generation_stream import load_generation
from commands.suggestion.suggestion_stream import LoadedSuggestion, load_suggestion
from domain.citation import Citation
from domain.evidence.events import AccessKind, ObjectKind
from domain.generation.events import GenerationCompleted, GenerationKind, Source
from domain.generation.state import Generation
from domain.ids import DocumentId, GenerationId, SuggestionId, TenantId
from domain.suggestion.decisions import NoSuchSuggestion
from projections import suggestion_changes, suggestions
from tenancy.context import TenantContext
from tenancy.keys import generation_channel

CHANGES_PER_LOOK_MAX = 100
BETWEEN_LOOKS_SECONDS = 0.1
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """A suggestion, what was written for it when a model did, and the sources that whoever asks may read."""

    loaded: LoadedSuggestion
    written: GenerationCompleted | None
    kind: GenerationKind | None
    sources: Mapping[Source, Citation]


@dataclass(frozen=True, slots=True)
class Writing:
    """More of a text that is being written."""

    generation_id: GenerationId
    piece: Written


async def shown_suggestions(
    platform: Platform, context: TenantContext, ids: Sequence[SuggestionId]
) -> list[ShownSuggestion]:
    """Return those that can be read; the rest was erased with its document."""
    loaded = [await load_suggestion(platform.log, suggestion_id, context) for suggestion_id in ids]
    known = [one for one in loaded if one.state.made is not None]
    for document_id in {made.document_id for one in known if (made := one.state.made) is not None}:
        # Suggestions quote the document.
        platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
    written = [await _written(platform, one, context) for one in known]
    texts = [one.completed for one in written]
    sources = await cited(platform, context, [source for one in texts if one is not None for source in one.sources])
    return [
        ShownSuggestion(one, by.completed, None if by.requested is None else by.requested.kind, sources)
        for one, by in zip(known, written, strict=True)
    ]


async def document_of(platform: Platform, context: TenantContext, suggestion_id: UUID) -> DocumentId:
    """Return the document that a suggestion is about; raise NoSuchSuggestion to whoever may not read it."""
    async with platform.reads.as_app(context) as connection:
        document_id = await suggestions.document_of_suggestion(connection, context.tenant_id, suggestion_id)
    if document_id is None or await platform.document_rights.access(document_id, context) is None:
        raise NoSuchSuggestion
    return document_id


async def followed_suggestions(
    platform: Platform, document_id: DocumentId, still: Still
) -> AsyncIterator[ShownSuggestion | Writing | None]:
    """Yield the open suggestions, newest first, then each one that changes, and all texts written meanwhile."""
    context = await still()
    async with _Watch(platform, context.tenant_id, document_id) as watch:
        yield None
        while True:
            context = await still()
            if watch.is_time_to_look():
                for one in await shown_suggestions(platform, context, await watch.changes(context)):
                    yield one
            for writing in watch.pieces():
                yield writing
            if not await watch.more():
                yield None


class _Watch:
    """What one stream has told so far, and what wakes it: texts at once, the log some times a second."""

    def __init__(self, platform: Platform, tenant_id: TenantId, document_id: DocumentId) -> None:
        self._platform = platform
        self._tenant_id = tenant_id
        self._document_id = document_id
        self._position: int | None = None
        self._untold: list[SuggestionId] = []
        self._sent: dict[GenerationId, int] = {}
        self._viewers: dict[GenerationId, tuple[Viewer, AsyncExitStack]] = {}
        self._wake = asyncio.Event()
        self._has_grown = True
        self._looked_at = self._told_at = 0.0
        self._growth: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        # In a context of its own: it waits for whoever's appends.
        self._growth = asyncio.create_task(self._hear_growth(), context=Context())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._growth is not None:
            self._growth.cancel()
        for _viewer, stack in self._viewers.values():
            await stack.aclose()

    def is_time_to_look(self) -> bool:
        passed = _now() - self._looked_at
        return passed >= LOOK_SECONDS or (self._has_grown and passed >= BETWEEN_LOOKS_SECONDS)

    async def changes(self, context: TenantContext) -> list[SuggestionId]:
        """Return what has changed since the last look, and watch what has begun to be written."""
        self._has_grown, self._looked_at = False, _now()
        async with self._platform.reads.as_app(context) as connection:
            told = await self._told_next(connection)
            under_way = await suggestions.open_generations(connection, self._tenant_id, self._document_id)
        for generation_id in under_way:
            if generation_id not in self._viewers:
                await self._watch(generation_id)
        for generation_id in set(self._viewers) - set(under_way):
            await self._viewers.pop(generation_id)[1].aclose()
        if told:
            self._told_at = _now()
        return told

    async def _told_next(self, connection: AsyncConnection) -> list[SuggestionId]:
        if self._position is None:
            found = await suggestion_changes.open_now(connection, self._tenant_id, self._document_id)
            self._untold, self._position = found
        if self._untold:
            told, self._untold = self._untold[:CHANGES_PER_LOOK_MAX], self._untold[CHANGES_PER_LOOK_MAX:]
            self._has_grown = True
            return told
        changed = await suggestion_changes.changed_since(
            connection, self._tenant_id, self._document_id, after=self._position, first=CHANGES_PER_LOOK_MAX
        )
        if changed:
            self._position = changed[-1][1]
        return [suggestion_id for suggestion_id, _ in changed]

    def pieces(self) -> list[Writing]:
        """Return what has been written since."""
        found = []
        for generation_id, (viewer, _) in self._viewers.items():
            text, sent = viewer.live.text, self._sent.get(generation_id, 0)
            if len(text) != sent:
                # A text that was begun anew is told again from its beginning.
                piece = text[sent:] if len(text) > sent else text
                self._sent[generation_id], self._told_at = len(text), _now()
                found.append(Writing(generation_id, Written(len(text), piece)))
        return found

    async def more(self) -> bool:
        """Wait until there may be more; False when it has been quiet for long."""
        try:
            seconds = BETWEEN_LOOKS_SECONDS if self._has_grown else LOOK_SECONDS
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()
        if _now() - self._told_at < SILENT_SECONDS_MAX:
            return True
        self._told_at = _now()
        return False

    async def _watch(self, generation_id: GenerationId) -> None:
        stack = AsyncExitStack()
        channel = generation_channel(self._tenant_id, generation_id)
        viewer = await stack.enter_async_context(self._platform.generations.watched(channel, self._wake))
        self._viewers[generation_id] = (viewer, stack)

    async def _hear_growth(self) -> None:
        while True:
            await self._platform.growth.wait_for_growth(self._tenant_id, seconds_max=LOOK_SECONDS)
            self._has_grown = True
            if _now() - self._looked_at >= BETWEEN_LOOKS_SECONDS:
                self._wake.set()
            await asyncio.sleep(0)


async def _written(platform: Platform, loaded: LoadedSuggestion, context: TenantContext) -> Generation:
    made = loaded.state.made
    if made is None or made.generation_id is None:
        return Generation()
    return (await load_generation(platform.log, made.generation_id, context)).state


def _now() -> float:
    return asyncio.get_running_loop().time()
