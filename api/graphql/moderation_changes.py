"""Judging findings, and taking back what rules let pass, over GraphQL."""

from typing import Annotated

import strawberry

from api import moderation
from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.moderation import Decision, ModerationReview, key_in, review_node
from api.graphql.operation import Info
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.ai_review.decide_review import DecideReview
from commands.ai_review.end_exception import EndException
from domain.ai_review.decisions import NoSuchException, NoSuchReview
from domain.ai_review.events import ReviewDecision
from domain.ids import ReviewId
from tenancy.roles import Permission


@strawberry.input(description="What somebody makes of a finding.")
class ModerationReviewDecideInput:
    id: strawberry.ID = strawberry.field(description="The finding.")
    decision: Decision = strawberry.field(description="Final: it is decided once.")
    reason: str = strawberry.field(default="", description="At most 1,000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="Something that a rule is to count for again.")
class ModerationExceptionEndInput:
    id: strawberry.ID = strawberry.field(description="The exception.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The finding after the change, or why there was none.")
class ModerationReviewPayload:
    review: ModerationReview | None = strawberry.field(
        default=None, description="Null when nothing was done, or its days are over."
    )
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class ModerationMutation:
    @resolved("Judge a finding.", Requires(Permission.MODERATION_REVIEW), AnswersRefusals(ModerationReviewPayload))
    async def moderation_review_decide(
        self,
        info: Info,
        input: Annotated[ModerationReviewDecideInput, strawberry.argument(description="Which, and how.")],  # noqa: A002
    ) -> ModerationReviewPayload:
        review_id = key_in(input.id, "ModerationReview")
        if review_id is None:
            raise NoSuchReview
        decision = ReviewDecision(str(input.decision.value))
        command = DecideReview(review_id=ReviewId(review_id), decision=decision, reason=input.reason)
        receipt = await send(info.context, command, input.idempotency_key)
        review = await review_node(info.context, str(review_id))
        return ModerationReviewPayload(review=review, receipt=WriteReceipt(position=receipt.position))

    @resolved(
        "Let a rule count again for words that it let pass.",
        Requires(Permission.MODERATION_REVIEW),
        AnswersRefusals(ModerationReviewPayload),
    )
    async def moderation_exception_end(
        self,
        info: Info,
        input: Annotated[ModerationExceptionEndInput, strawberry.argument(description="Which one.")],  # noqa: A002
    ) -> ModerationReviewPayload:
        operation, phrase_id = info.context, key_in(input.id, "ModerationException")
        if phrase_id is None:
            raise NoSuchException
        card = await moderation.exception_card(operation.platform, operation.tenant, phrase_id)
        command = EndException(review_id=card.review_id, phrase_id=card.phrase_id)
        receipt = await send(operation, command, input.idempotency_key)
        review = await review_node(operation, str(card.review_id))
        return ModerationReviewPayload(review=review, receipt=WriteReceipt(position=receipt.position))
