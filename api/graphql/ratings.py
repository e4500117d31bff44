"""What people say of a model's answers, over GraphQL."""

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
    call_id = uuid_in(given.answer.call_id or "")
    if call_id is None:
        raise NoSuchAiCall
    return RateAiCall(call_id=CallId(call_id), rating=given.rating, comment=given.comment)
