"""Let a rule count again for words that were excepted from it."""

from dataclasses import dataclass

from commands.ai_review.review_stream import append_to_review
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.ai_review.decisions import end_exception
from domain.ids import PhraseId, ReviewId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndException:
    review_id: ReviewId
    phrase_id: PhraseId


async def handle(command: EndException, context: CommandContext, ports: Ports) -> Receipt:
    return await append_to_review(
        ports, command.review_id, lambda past: end_exception(past, phrase_id=command.phrase_id), context
    )
