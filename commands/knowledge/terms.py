"""Load a term's stream and append to it."""

from collections.abc import Callable, Sequence
from typing import cast

from commands.event_log import CommandContext, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from domain.glossary.events import TermEvent
from domain.ids import StreamId, TermId
from domain.recorded import Unreadable
from domain.sealed import Sealed


async def append_to_term(
    ports: Ports,
    term_id: TermId,
    decide: Callable[[Sequence[TermEvent]], Sequence[Sealed]],
    context: CommandContext,
    *,
    seen_version: int | None,
) -> Receipt:
    """Decide on the term as it is; raise VersionConflict when the caller had seen another version."""
    stream_id = StreamId(term_id)
    recorded = await ports.log.load(stream_id, context.tenant)
    past = [cast("TermEvent", r.event) for r in recorded if not isinstance(r.event, Unreadable)]
    version = recorded[-1].stream_version if recorded else 0
    events = decide(past)
    if seen_version is not None and seen_version != version:
        raise VersionConflict(stream_id, version)
    return await ports.log.append([StreamWrite(stream_id, version, events)], context)
