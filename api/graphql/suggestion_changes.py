"""Suggestions as they are made, decided hunk by hunk and taken back over GraphQL."""

from enum import Enum
from typing import Annotated, Self

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.ids import document_id_in
from api.graphql.operation import Info, Operation
from api.graphql.suggestions import Suggestion, suggestion_in, suggestion_of
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from api.suggesting import document_of
from commands.event_log import Receipt
from commands.suggestion.decide_suggestion import DecideSuggestion
from commands.suggestion.make_suggestion import MakeSuggestion
from commands.suggestion.withdraw_suggestion import WithdrawSuggestion
from domain.document.decisions import NoSuchDocument
from domain.ids import DocumentId, SuggestionId
from tenancy.roles import Permission

VERSION = "The `version` of the suggestion that was seen; refused when it is another by now."


@strawberry.enum(description="What becomes of hunks.")
class Decision(Enum):
    ACCEPT = strawberry.enum_value("accept", description="They are put into the document.")
    REJECT = strawberry.enum_value("reject", description="They are not.")


@strawberry.input(description="Where a suggestion changes something: a half-open range of top-level blocks.")
class AnchorInput:
    block_from: int = strawberry.field(description="Its first block, counted from 0.")
    block_to: int = strawberry.field(description="The block after its last one; the same block makes it a place.")
    quote: str | None = strawberry.field(
        default=None, description="The Markdown that stands there; refused when it is other text by now."
    )


@strawberry.input(description="A change to propose.")
class SuggestionCreateInput:
    document_id: strawberry.ID = strawberry.field(description="The document.")
    anchor: AnchorInput = strawberry.field(description="Where.")
    replacement: str = strawberry.field(description="The Markdown that is to stand there; at most 100,000 characters.")
    rationale: str = strawberry.field(default="", description="Why; at most 2,000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A decision about hunks of a suggestion.")
class SuggestionDecideInput:
    id: strawberry.ID = strawberry.field(description="The suggestion.")
    decision: Decision = strawberry.field(description="What becomes of them.")
    hunks: list[int] = strawberry.field(description="The indexes of the hunks; each must be open.")
    reason: str = strawberry.field(default="", description="Why; at most 2,000 characters.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A suggestion to take back.")
class SuggestionWithdrawInput:
    id: strawberry.ID = strawberry.field(description="The suggestion.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The suggestion after the change, or why there was none.")
class SuggestionPayload:
    suggestion: Suggestion | None = strawberry.field(default=None, description="As it is now.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)

    @classmethod
    async def written(cls, operation: Operation, suggestion_id: SuggestionId, receipt: Receipt) -> Self:
        """Return the payload of a write, with the suggestion as it is after it."""
        suggestion = await suggestion_of(operation, suggestion_id)
        return cls(suggestion=suggestion, receipt=WriteReceipt(position=receipt.position))


@strawberry.type
class SuggestionsMutation:
    @resolved(
        "Propose other text; it is no content before somebody who may write accepts it.",
        Requires(Permission.DOCUMENT_SUGGEST),
        AnswersRefusals(SuggestionPayload),
    )
    async def suggestion_create(
        self,
        info: Info,
        input: Annotated[SuggestionCreateInput, strawberry.argument(description="What, and where.")],  # noqa: A002
    ) -> SuggestionPayload:
        operation = info.context
        document_id = document_id_in(input.document_id)
        if document_id is None:
            raise NoSuchDocument(DocumentId(operation.platform.new_id()))
        command = MakeSuggestion(
            suggestion_id=SuggestionId(operation.platform.new_id()),
            document_id=document_id,
            block_from=input.anchor.block_from,
            block_to=input.anchor.block_to,
            quote=input.anchor.quote,
            replacement=input.replacement,
            rationale=input.rationale,
        )
        receipt = await send(operation, command, input.idempotency_key)
        # A repeated request answers the suggestion of the first one: the receipt's stream is its id.
        return await SuggestionPayload.written(operation, SuggestionId(receipt.stream_id), receipt)

    @resolved(
        "Accept or reject hunks. One whose place is gone is answered as outdated, and nothing is put elsewhere.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(SuggestionPayload),
    )
    async def suggestion_decide(
        self,
        info: Info,
        input: Annotated[SuggestionDecideInput, strawberry.argument(description="Which, and how.")],  # noqa: A002
    ) -> SuggestionPayload:
        operation = info.context
        suggestion_id = suggestion_in(input.id)
        accept = input.decision is Decision.ACCEPT
        command = DecideSuggestion(
            suggestion_id=suggestion_id,
            document_id=await document_of(operation.platform, operation.tenant, suggestion_id),
            hunks=tuple(dict.fromkeys(input.hunks, accept).items()),
            reason=input.reason,
            seen_version=input.expected_version,
        )
        receipt = await send(operation, command, input.idempotency_key)
        return await SuggestionPayload.written(operation, suggestion_id, receipt)

    @resolved(
        "Take a suggestion back: its author may, and whoever may write the document.",
        Requires(Permission.DOCUMENT_SUGGEST),
        AnswersRefusals(SuggestionPayload),
    )
    async def suggestion_withdraw(
        self,
        info: Info,
        input: Annotated[SuggestionWithdrawInput, strawberry.argument(description="Which one.")],  # noqa: A002
    ) -> SuggestionPayload:
        operation = info.context
        suggestion_id = suggestion_in(input.id)
        document_id = await document_of(operation.platform, operation.tenant, suggestion_id)
        command = WithdrawSuggestion(
            suggestion_id=suggestion_id, document_id=document_id, seen_version=input.expected_version
        )
        receipt = await send(operation, command, input.idempotency_key)
        return await SuggestionPayload.written(operation, suggestion_id, receipt)
