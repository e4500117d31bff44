"""Load a finding's stream and append to it."""

from collections.abc import Callable, Sequence

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.ids import ReviewId, StreamId
from domain.sealed import Sealed


async def append_to_review(
    ports: Ports, review_id: ReviewId, decide: Callable[[Sequence[object]], Sequence[Sealed]], context: CommandContext
) -> Receipt:
    """Decide on the finding as it is."""
    stream_id = StreamId(review_id)
    past = [recorded.event for recorded in await ports.log.load(stream_id, context.tenant)]
    return await ports.log.append([StreamWrite(stream_id, len(past), decide(past))], context)
