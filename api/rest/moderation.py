"""Findings of the checks of prompts and answers: to be judged, judged, and what rules let pass since."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api import moderation
from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.cursors import Cursors
from api.moderation import NamedException, Review, Words
from api.rest.documents import answer
from api.rest.models import ActorModel, Wire, WriteAnswer
from api.rest.reading import AtLeast, Limit, NeedsPermission
from commands.ai_review.decide_review import DecideReview
from commands.ai_review.end_exception import EndException
from domain.ai_review.decisions import REASON_CHARACTERS_MAX
from domain.ai_review.events import ReviewDecision, ReviewKind
from domain.ids import ReviewId
from projections.ai_reviews import ReviewState
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/moderation", tags=["moderation"])

Reviewer = Annotated[Caller, Depends(NeedsPermission(Permission.MODERATION_REVIEW))]


class ReviewModel(Wire):
    """
    A finding without its words. `withheld` tells that something was stopped, `what_happened` what that was.

    `noted` is what made room for newer findings before anybody looked at it; it can be decided on all the same.
    """

    id: UUID
    call_id: UUID
    kind: ReviewKind
    rules: list[str]
    found_by: str
    state: ReviewState
    withheld: bool
    what_happened: str
    member: ActorModel | None
    document_id: UUID | None
    source_documents: list[UUID]
    opened_at: datetime
    decision: ReviewDecision | None
    decided_at: datetime | None
    decided_by: ActorModel | None


class ReviewDetail(ReviewModel):
    """With what was said, `[erased]` where it was erased, and the reason of the decision."""

    excerpt: str
    reason: str


class ReviewPage(Wire):
    items: list[ReviewModel]
    counts: dict[ReviewState, int]
    next_cursor: str | None


class DecisionToMake(Wire):
    """`allow`: for who asked; `confirm`: the rule was right; `false_alarm`: these words pass for everybody."""

    decision: ReviewDecision
    reason: str = Field(default="", max_length=10 * REASON_CHARACTERS_MAX)


class ExceptionModel(Wire):
    """Words that a rule lets pass, known by their hash alone; with `member`, for that member alone."""

    id: UUID
    rule: str
    review_id: UUID
    member: ActorModel | None
    added_at: datetime
    added_by: ActorModel


class ExceptionPage(Wire):
    items: list[ExceptionModel]
    next_cursor: str | None


@router.get("/reviews")
async def list_reviews(
    caller: Reviewer,
    platform: PlatformDep,
    state: Annotated[list[ReviewState] | None, Query(description="Only these; all when not said.")] = None,
    kind: Annotated[ReviewKind | None, Query(description="Only what this check has found.")] = None,
    rule: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$", description="Only of this rule.")] = None,
    member_id: Annotated[UUID | None, Query(description="Only of what this member asked.")] = None,
    at_least: AtLeast = None,
    limit: Limit = 20,
    cursor: str | None = None,
) -> ReviewPage:
    """List findings, newest first; always current, because one is there with the commit of its event."""
    del at_least
    cursors = Cursors(platform.cursor_key, f"{caller.context.tenant_id}/reviews")
    found = await moderation.review_page(
        platform,
        caller.context,
        first=limit + 1,
        states=state or (),
        kind=kind,
        rule=rule,
        member_id=member_id,
        before=None if cursor is None else int(cursors.decode(cursor)[0]),
    )
    last = found[limit - 1].card if len(found) > limit else None
    return ReviewPage(
        items=[ReviewModel.model_validate(_review(one)) for one in found[:limit]],
        counts=dict(await moderation.counts(platform, caller.context)),
        next_cursor=None if last is None else cursors.encode(last.position),
    )


@router.get("/reviews/{review_id}")
async def get_review(
    review_id: UUID, caller: Reviewer, platform: PlatformDep, at_least: AtLeast = None
) -> ReviewDetail:
    """Return one finding with its words."""
    del at_least
    one = await moderation.review(platform, caller.context, review_id)
    return _detail(one, await moderation.words(platform, caller.context, one.card))


@router.post("/reviews/{review_id}/decision")
async def decide_review(
    review_id: UUID, wanted: DecisionToMake, context: CommandContextDep, platform: PlatformDep, response: Response
) -> WriteAnswer:
    """Judge a finding, once; what it lets pass from then on stands in the exceptions."""
    command = DecideReview(review_id=ReviewId(review_id), decision=wanted.decision, reason=wanted.reason)
    return answer(await platform.executor.execute(command, context), response)


@router.get("/exceptions")
async def list_exceptions(
    caller: Reviewer, platform: PlatformDep, at_least: AtLeast = None, limit: Limit = 20, cursor: str | None = None
) -> ExceptionPage:
    """List what rules let pass, newest first."""
    del at_least
    cursors = Cursors(platform.cursor_key, f"{caller.context.tenant_id}/exceptions")
    after = None
    if cursor is not None:
        position, phrase_id = cursors.decode(cursor)
        after = (int(position), UUID(str(phrase_id)))
    found = await moderation.exception_page(platform, caller.context, first=limit + 1, after=after)
    last = found[limit - 1].card if len(found) > limit else None
    return ExceptionPage(
        items=[_exception(one) for one in found[:limit]],
        next_cursor=None if last is None else cursors.encode(last.position, str(last.phrase_id)),
    )


@router.delete("/exceptions/{exception_id}")
async def end_exception(
    exception_id: UUID, caller: Reviewer, context: CommandContextDep, platform: PlatformDep, response: Response
) -> WriteAnswer:
    """Let the rule count again for these words."""
    card = await moderation.exception_card(platform, caller.context, exception_id)
    command = EndException(review_id=card.review_id, phrase_id=card.phrase_id)
    return answer(await platform.executor.execute(command, context), response)


def _review(one: Review) -> dict[str, object]:
    card = one.card
    return {
        "id": card.review_id,
        "call_id": card.call_id,
        "kind": card.kind,
        "rules": list(card.rules),
        "found_by": card.found_by,
        "state": card.state,
        "withheld": card.withheld,
        "what_happened": one.what_happened,
        "member": None if one.member is None else ActorModel.model_validate(one.member),
        "document_id": card.document_id,
        "source_documents": list(card.source_documents),
        "opened_at": card.opened_at,
        "decision": card.decision,
        "decided_at": card.decided_at,
        "decided_by": None if one.decided_by is None else ActorModel.model_validate(one.decided_by),
    }


def _detail(one: Review, said: Words) -> ReviewDetail:
    return ReviewDetail.model_validate(_review(one) | {"excerpt": said.excerpt, "reason": said.reason})


def _exception(one: NamedException) -> ExceptionModel:
    return ExceptionModel(
        id=one.card.phrase_id,
        rule=one.card.rule,
        review_id=one.card.review_id,
        member=None if one.member is None else ActorModel.model_validate(one.member),
        added_at=one.card.added_at,
        added_by=ActorModel.model_validate(one.added_by),
    )
