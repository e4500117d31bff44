"""Generations as whoever may read their document sees them: how they stand, and their text while it is written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from api.platform import Platform
from assistants.live_texts import Viewer
from commands.generation.generation_stream import LoadedGeneration, load_generation
from domain.generation.decisions import NoSuchGeneration
from domain.generation.state import GenerationState
from domain.ids import GenerationId
from tenancy.context import TenantContext
from tenancy.keys import generation_channel

LOOK_SECONDS = 0.25
"""How often the log is asked whether a generation has ended, besides being told so."""
SILENT_SECONDS_MAX = 10.0

Still = Callable[[], Awaitable[TenantContext]]
"""What whoever watches may do now; raises when they may not watch any more."""


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of the text; `seq` is how long the whole is with it, in code points."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Began:
    """Somebody writes it now."""


Told = Written | Began | LoadedGeneration | None
"""None is a sign of life; a loaded generation is its end."""


async def seen_generation(platform: Platform, generation_id: GenerationId, context: TenantContext) -> LoadedGeneration:
    """Return the generation; raise NoSuchGeneration to whoever may not read its document."""
    loaded = await load_generation(platform.log, generation_id, context)
    asked = loaded.state.requested
    if asked is None or await platform.document_rights.access(asked.document_id, context) is None:
        raise NoSuchGeneration
    return loaded


def is_streaming(platform: Platform, generation_id: GenerationId, context: TenantContext) -> bool:
    """Tell whether this process knows of somebody who writes it."""
    return platform.generations.is_begun(generation_channel(context.tenant_id, generation_id))


async def followed(
    platform: Platform, generation_id: GenerationId, still: Still, *, sent: int = 0
) -> AsyncIterator[Told]:
    """Yield the text from after `sent` code points, and at last the generation. Raises what `still` raises."""
    loop, began = asyncio.get_running_loop(), False
    context = await still()
    async with platform.generations.watched(generation_channel(context.tenant_id, generation_id)) as viewer:
        loaded, looked_at, told_at = await seen_generation(platform, generation_id, context), loop.time(), loop.time()
        while loaded.state.state is GenerationState.QUEUED:
            if viewer.live.begun and not began:
                began, told_at = True, loop.time()
                yield Began()
            # One that was begun anew may be shorter than what was sent: it is told again from its beginning.
            if len(viewer.live.text) != sent:
                piece, sent, told_at = _piece(viewer, sent), len(viewer.live.text), loop.time()
                yield piece
            elif loop.time() - told_at >= SILENT_SECONDS_MAX:
                told_at = loop.time()
                yield None
            has_more = await _changed(viewer) and len(viewer.live.text) != sent
            context = await still()
            if not has_more or loop.time() - looked_at >= LOOK_SECONDS:
                loaded, looked_at = await seen_generation(platform, generation_id, context), loop.time()
    text = loaded.state.completed.text if loaded.state.completed is not None else ""
    if len(text) > sent:
        yield Written(len(text), text[sent:])
    yield loaded


def _piece(viewer: Viewer, sent: int) -> Written:
    text = viewer.live.text
    return Written(len(text), text[sent:] if len(text) > sent else text)


async def _changed(viewer: Viewer) -> bool:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await viewer.changed.wait()
    except TimeoutError:
        return False
    viewer.changed.clear()
    return True
