"""Judge a finding: the rule was right, was wrong, or is set aside for who asked."""

from dataclasses import dataclass

from commands.ai_review.review_stream import append_to_review
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.ai_review.decisions import decide
from domain.ai_review.events import ReviewDecision
from domain.ids import ReviewId


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideReview:
    review_id: ReviewId
    decision: ReviewDecision
    reason: str = ""


async def handle(command: DecideReview, context: CommandContext, ports: Ports) -> Receipt:
    return await append_to_review(
        ports,
        command.review_id,
        lambda past: decide(
            past, decision=command.decision, reason=command.reason, decided_by=context.tenant.member_id
        ),
        context,
    )
