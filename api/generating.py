"""Generations as whoever may read their document sees them: how they stand, and their text while it is written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from api.cited import cited
from api.platform import Platform
from assistants.live_texts import Viewer
from commands.event_log import CommandContext, Receipt
from commands.generation.cancel_generation import CancelGeneration
from commands.generation.generation_stream import LoadedGeneration, load_generation
from commands.generation.request_generation import RequestGeneration
from domain.citation import Citation
from domain.generation.decisions import NoSuchGeneration
from domain.generation.state import GenerationState
from domain.ids import DocumentId, GenerationId
from tenancy.context import TenantContext
from tenancy.keys import generation_channel

LOOK_SECONDS = 0.25
"""How often the log is asked whether a generation has ended, besides being told so."""
SILENT_SECONDS_MAX = 10.0
_BLOCKED = frozenset({"ai.switched_off", "ai.prompt_refused"})
"""What a rule of the house forbade; every other reason is a failure."""

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


@dataclass(frozen=True, slots=True)
class ShownGeneration:
    """A generation, how it stands for people, and the sources that whoever asks may read."""

    loaded: LoadedGeneration
    state: str
    cited: Sequence[Citation]


Told = Written | Began | LoadedGeneration | None
"""None is a sign of life; a loaded generation is its end."""


async def seen_generation(platform: Platform, generation_id: GenerationId, context: TenantContext) -> LoadedGeneration:
    """Return the generation; raise NoSuchGeneration to whoever may not read its document."""
    loaded = await load_generation(platform.log, generation_id, context)
    asked = loaded.state.requested
    if asked is None or await platform.document_rights.access(asked.document_id, context) is None:
        raise NoSuchGeneration
    return loaded


async def shown_generation(platform: Platform, loaded: LoadedGeneration, context: TenantContext) -> ShownGeneration:
    """Return a generation that was asked for as whoever may read its document sees it."""
    asked, completed = loaded.state.requested, loaded.state.completed
    assert asked is not None, "seen_generation and asked_for return nothing else"
    sources = () if completed is None else completed.sources
    readable = await cited(platform, context, sources)
    channel = generation_channel(context.tenant_id, asked.generation_id)
    state = _state(loaded, is_begun=platform.generations.is_begun(channel))
    return ShownGeneration(loaded, state, [readable[source] for source in sources if source in readable])


async def asked_for(
    platform: Platform, command: RequestGeneration, context: CommandContext
) -> tuple[ShownGeneration, Receipt]:
    """Ask a model for text, and return how it stands right after."""
    receipt = await platform.executor.execute(command, context)
    # A repetition under the same key has begun nothing: what it began the first time is shown.
    loaded = await load_generation(platform.log, GenerationId(receipt.stream_id), context.tenant)
    return await shown_generation(platform, loaded, context.tenant), receipt


async def cancelled(platform: Platform, generation_id: GenerationId, context: CommandContext) -> Receipt:
    """Stop a generation; raise NoSuchGeneration to whoever may not read its document."""
    document_id = document_of(await seen_generation(platform, generation_id, context.tenant))
    command = CancelGeneration(generation_id=generation_id, document_id=document_id)
    return await platform.executor.execute(command, context)


def document_of(seen: LoadedGeneration) -> DocumentId:
    """Return the document of a generation that somebody asked for."""
    assert seen.state.requested is not None, "seen_generation returns nothing else"
    return seen.state.requested.document_id


def _state(loaded: LoadedGeneration, *, is_begun: bool) -> str:
    """Return the state as people see it: one that is being written streams, one that a rule forbade is blocked."""
    state, failed = loaded.state.state, loaded.state.failed
    if failed is not None:
        return "blocked" if failed.code in _BLOCKED else "failed"
    return "streaming" if state is GenerationState.QUEUED and is_begun else str(state)


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
