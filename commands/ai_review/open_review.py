"""Queue what a check has found for somebody to judge."""

from dataclasses import dataclass

from commands.ai_review.review_stream import append_to_review
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.ai_review.decisions import queue
from domain.ai_review.events import AiReviewOpened
from domain.ids import DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview:
    """`quote` is what an answer in the document `quoted_in` said."""

    opened: AiReviewOpened
    quote: str = ""
    quoted_in: DocumentId | None = None


async def handle(command: OpenReview, context: CommandContext, ports: Ports) -> Receipt:
    return await append_to_review(
        ports,
        command.opened.review_id,
        lambda past: queue(past, command.opened, quote=command.quote, quoted_in=command.quoted_in),
        context,
    )
