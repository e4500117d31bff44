"""What people say of a model's answers, over GraphQL."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.generating import document_of, seen_generation
from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.generations import generation_in
from api.graphql.ids import uuid_in
from api.graphql.operation import Info, Operation
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from api.rating import own_rating_of_call, own_rating_of_generation
from commands.ai.rate_ai_call import RateAiCall
from commands.generation.rate_generation import RateGeneration
from domain.ai.decisions import NoSuchAiCall
from domain.ids import CallId
from tenancy.roles import Permission


@strawberry.input(one_of=True, description="Which answer.")
class RatedAnswer:
    generation_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="That of a generation, by its id."
    )
    call_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="That of any call: the UUID which the ledger and `/v1` tell."
    )


@strawberry.input(description="What somebody says of an answer.")
class AiCallRateInput:
    answer: RatedAnswer = strawberry.field(description="Which answer.")
    rating: int = strawberry.field(description="From 1, of no use, to 5, just right.")
    comment: str = strawberry.field(default="", description="Why; at most 2,000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="Proof of the rating, or why there is none.")
class AiCallRatePayload:
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="What you last said of an answer; what colleagues said is theirs.")
class AiCallRating:
    rating: int = strawberry.field(description="From 1, of no use, to 5, just right.")
    comment: str = strawberry.field(description="Why; empty when nothing was said.")
    rated_at: datetime = strawberry.field(description="When.")


@strawberry.type
class RatingsQuery:
    @resolved("What you last said of a model's answer; null before you have.", Requires(Permission.AI_USE))
    async def ai_call_rating(
        self, info: Info, answer: Annotated[RatedAnswer, strawberry.argument(description="Which.")]
    ) -> AiCallRating | None:
        operation = info.context
        if answer.generation_id:
            wanted = generation_in(answer.generation_id)
            own = await own_rating_of_generation(operation.platform, operation.tenant, wanted)
        else:
            own = await own_rating_of_call(operation.platform, operation.tenant, _call_in(answer))
        return None if own is None else AiCallRating(rating=own.rating, comment=own.comment, rated_at=own.rated_at)


@strawberry.type
class RatingsMutation:
    @resolved(
        "Say how good a model's answer is; rating again replaces it, and the log keeps both.",
        Requires(Permission.AI_USE),
        AnswersRefusals(AiCallRatePayload),
    )
    async def ai_call_rate(
        self,
        info: Info,
        input: Annotated[AiCallRateInput, strawberry.argument(description="Which, and how good.")],  # noqa: A002
    ) -> AiCallRatePayload:
        command = await _command(info.context, input)
        receipt = await send(info.context, command, input.idempotency_key)
        return AiCallRatePayload(receipt=WriteReceipt(position=receipt.position))


async def _command(operation: Operation, given: AiCallRateInput) -> RateGeneration | RateAiCall:
    if given.answer.generation_id:
        generation_id = generation_in(given.answer.generation_id)
        seen = await seen_generation(operation.platform, generation_id, operation.tenant)
        return RateGeneration(
            generation_id=generation_id, document_id=document_of(seen), rating=given.rating, comment=given.comment
        )
    return RateAiCall(call_id=_call_in(given.answer), rating=given.rating, comment=given.comment)


def _call_in(answer: RatedAnswer) -> CallId:
    call_id = uuid_in(answer.call_id or "")
    if call_id is None:
        raise NoSuchAiCall
    return CallId(call_id)
