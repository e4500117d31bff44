"""Take a finding out of the queue when the tenant's days for it are over."""

from dataclasses import dataclass

from commands.ai_review.review_stream import append_to_review
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.ai_review.decisions import expire
from domain.ids import ReviewId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireReview:
    review_id: ReviewId


async def handle(command: ExpireReview, context: CommandContext, ports: Ports) -> Receipt:
    return await append_to_review(
        ports, command.review_id, lambda past: expire(past, review_id=command.review_id), context
    )
