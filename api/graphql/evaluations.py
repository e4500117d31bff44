"""How often models were right on test sets, over GraphQL."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Self

import strawberry

from api.evaluations import Evaluated, evaluation_count, evaluation_page
from api.graphql.authorisation import Requires
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import global_id
from api.graphql.operation import Info
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.ai.record_evaluation import RecordEvaluation
from domain.ids import EvaluationId
from tenancy.roles import Permission


@strawberry.type(description="A run of a test set: counts only, no example and no answer.")
class AiEvaluation:
    evaluation_id: str = strawberry.field(description="As the log knows it.")
    at: datetime = strawberry.field(description="When it was reported.")
    purpose: str = strawberry.field(description="What the answers were for.")
    model: str = strawberry.field(description="As provider/model.")
    template: str = strawberry.field(description="By name.")
    template_version: int = strawberry.field(description="0 is the one that comes with the platform.")
    test_set: str = strawberry.field(description="As whoever ran it knows it.")
    examples: int = strawberry.field(description="How many.")
    right: int = strawberry.field(description="How many answers were right.")
    accuracy: float = strawberry.field(description="The share of those.")
    member_id: strawberry.ID | None = strawberry.field(description="Who reported it; null for a key of nobody.")
    member_name: str | None = strawberry.field(description="Their name.")

    @classmethod
    def of(cls, one: Evaluated) -> Self:
        card = one.card
        return cls(
            evaluation_id=str(card.evaluation_id),
            at=card.at,
            purpose=card.purpose,
            model=card.model,
            template=card.template,
            template_version=card.template_version,
            test_set=card.test_set,
            examples=card.examples,
            right=card.right_answers,
            accuracy=card.accuracy,
            member_id=None if card.evaluated_by is None else global_id("Member", card.evaluated_by),
            member_name=one.member_name,
        )


@strawberry.input(description="A run of a test set.")
class AiEvaluationRecordInput:
    purpose: str = strawberry.field(description="What the answers were for, as chat.")
    model: str = strawberry.field(description="As provider/model.")
    examples: int = strawberry.field(description="How many, at least 1.")
    right: int = strawberry.field(description="How many answers were right.")
    test_set: str = strawberry.field(description="By whatever name you know it.")
    template: str = strawberry.field(default="", description="By name; empty is the one of the purpose.")
    template_version: int = strawberry.field(default=0, description="0 is the one that comes with the platform.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="Proof that the run is kept, or why it is not.")
class AiEvaluationRecordPayload:
    evaluation_id: str | None = strawberry.field(default=None, description="Null when nothing was kept.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was kept.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was kept; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class EvaluationsQuery:
    @resolved("Runs of test sets, the newest first.", Requires(Permission.USAGE_READ))
    async def ai_evaluations(self, info: Info, first: First = None, after: After = None) -> Connection[AiEvaluation]:
        operation = info.context
        cursors = cursors_of(operation, "ai-evaluations")
        asked = window(cursors, first=first, after=after)
        before = None if asked.after is None else int(asked.after[0])
        found = await evaluation_page(
            operation.platform, operation.tenant, first=asked.size + 1, before_position=before
        )
        return connection(
            found, asked, node=AiEvaluation.of, cursor=lambda one: cursors.encode(one.card.position), count=_count(info)
        )


@strawberry.type
class EvaluationsMutation:
    @resolved(
        "Keep how often a model was right on a test set that you ran; the newest run makes the accuracy of `kpis`.",
        Requires(Permission.TEMPLATE_WRITE),
        AnswersRefusals(AiEvaluationRecordPayload),
    )
    async def ai_evaluation_record(
        self,
        info: Info,
        input: Annotated[AiEvaluationRecordInput, strawberry.argument(description="The run.")],  # noqa: A002
    ) -> AiEvaluationRecordPayload:
        command = RecordEvaluation(
            evaluation_id=EvaluationId(info.context.platform.new_id()),
            purpose=input.purpose,
            model=input.model,
            examples=input.examples,
            right=input.right,
            test_set=input.test_set,
            template=input.template,
            template_version=input.template_version,
        )
        receipt = await send(info.context, command, input.idempotency_key)
        return AiEvaluationRecordPayload(
            evaluation_id=str(receipt.stream_id), receipt=WriteReceipt(position=receipt.position)
        )


def _count(info: Info) -> Callable[[], Awaitable[int]]:
    return lambda: evaluation_count(info.context.platform, info.context.tenant)
