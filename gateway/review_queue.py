"""From a finding to the queue: what policy makes of it, and that it is there before anybody is told."""

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import structlog

from domain.ai_review.decisions import PHRASES_MAX, review_of
from domain.ids import ReviewId
from gateway.metrics import REVIEWS, REVIEWS_LOST
from gateway.reviews import Finding, Queued
from tenancy.policies import Policy

if TYPE_CHECKING:
    from gateway.door import Parts
    from gateway.ledger import Course

log = structlog.get_logger()

REVIEW: Final = "review"


class Action(StrEnum):
    """NOTE and REVIEW let the call go on; the others stop what was found."""

    NOTE = "note"
    REVIEW = "review"
    WITHHOLD = "withhold"
    STOP = "stop"

    @property
    def stops(self) -> bool:
        return self in {Action.WITHHOLD, Action.STOP}

    @property
    def is_reviewed(self) -> bool:
        return self in {Action.REVIEW, Action.WITHHOLD}


def action_of(policy: Policy, key: str) -> Action:
    """Return what happens to what this setting is about."""
    chosen = policy.text(key)
    if chosen == REVIEW:
        return Action.WITHHOLD if policy.text("ai.review_meanwhile") == "withhold" else Action.REVIEW
    return Action.NOTE if chosen == "note" else Action.STOP


def named(action: Action, policy: Policy, key: str) -> str:
    """Return the action as the ledger tells it: in the setting's own word, where it is one."""
    return policy.text(key) if action is Action.STOP else str(action)


async def queue(parts: "Parts", finding: Finding, course: "Course", policy: Policy) -> ReviewId:
    """Queue a finding; when this returns it is durable."""
    context, request = course.context, course.request
    phrases = parts.reviews.phrase_ids(context, finding.phrases[:PHRASES_MAX])
    day = parts.now().strftime("%Y-%m-%d")
    review_id = review_of(context.tenant_id, context.member_id, finding.kind, [known for _, known in phrases], day)
    one = Queued(review_id=review_id, finding=finding, phrases=phrases, open_max=policy.whole("ai.review_open_max"))
    await parts.reviews.queue(one, request, context)
    REVIEWS.labels(finding.kind).inc()
    return review_id


async def queued(parts: "Parts", course: "Course", policy: Policy) -> None:
    """Queue what a call has left; one that cannot be is counted, and stands in the ledger all the same."""
    for finding in course.to_review:
        try:
            await queue(parts, finding, course, policy)
        except Exception as error:  # noqa: BLE001  # the call is over and paid, whoever reviews it
            REVIEWS_LOST.inc()
            log.warning("ai.review_not_queued", call_id=str(course.request.call_id), error=type(error).__name__)
    course.to_review.clear()
