"""Generations as they are asked for and stopped over GraphQL."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api import spending
from api.commanding import command_context
from api.estimating import estimate_generation
from api.generating import asked_for, cancelled
from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.generations import Generation, GenerationKind, GenerationMode, generation_in, generation_of
from api.graphql.ids import document_id_in
from api.graphql.operation import Info
from api.graphql.template_changes import object_of
from api.graphql.usage import Budget, Money
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt
from commands.generation.request_generation import RequestGeneration
from domain.document.decisions import NoSuchDocument
from domain.errors import DomainError
from domain.generation import events
from domain.ids import DocumentId, GenerationId
from domain.template.values import packed_values
from tenancy.roles import Permission


@strawberry.input(description="A half-open range of a document's top-level blocks; an empty one is a place.")
class BlockRangeInput:
    block_from: int = strawberry.field(description="Its first block, counted from 0.")
    block_to: int = strawberry.field(description="The block after its last one.")


@strawberry.input(one_of=True, description="What a generation is about.")
class GenerationTarget:
    selection: BlockRangeInput | None = strawberry.field(default=strawberry.UNSET, description="Some blocks.")
    whole_document: bool | None = strawberry.field(
        default=strawberry.UNSET, description="The end of the document, or all of it where there must be a text."
    )


@strawberry.input(description="Text to ask for.")
class GenerationStartInput:
    document_id: strawberry.ID = strawberry.field(description="The document.")
    kind: GenerationKind = strawberry.field(description="What to ask for.")
    target: GenerationTarget = strawberry.field(description="What it is about.")
    instruction: str = strawberry.field(default="", description="What to say about it; at most 4,000 characters.")
    mode: GenerationMode = strawberry.field(default=GenerationMode.SUGGEST, description="What becomes of the text.")
    template: str = strawberry.field(default="", description="A prompt template by name; without it the one of `kind`.")
    variables: JSON | None = strawberry.field(default=None, description="An object of values for the template.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A generation to stop.")
class GenerationCancelInput:
    id: strawberry.ID = strawberry.field(description="The generation.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The generation after the change, or why there was none.")
class _GenerationPayload:
    generation: Generation | None = strawberry.field(default=None, description="As it is now.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="What was asked for, or why nothing was. Follow it with `generationEvents`.")
class GenerationStartPayload(_GenerationPayload):
    budget: Budget | None = strawberry.field(
        default=None, description="The budget that binds it; one that is used up makes it fail with its code."
    )
    wish: strawberry.Private[RequestGeneration | None] = None

    @resolved("What it costs at most, worked out when asked for; null when nothing was started or nothing is left.")
    async def estimate(self, info: Info) -> Money | None:
        if self.wish is None:
            return None
        try:
            async with info.context.rendering():
                found = await estimate_generation(info.context.platform, info.context.tenant, self.wish)
        except DomainError:
            return None
        return Money.of(found.cost_micros_max, found.currency)


@strawberry.type(description="The stopped generation, or why it was not stopped.")
class GenerationCancelPayload(_GenerationPayload):
    pass


@strawberry.type
class GenerationsMutation:
    @resolved(
        "Ask a model for text in a document; it is written afterwards, and proposed.",
        Requires(Permission.AI_USE),
        AnswersRefusals(GenerationStartPayload),
    )
    async def generation_start(
        self,
        info: Info,
        input: Annotated[GenerationStartInput, strawberry.argument(description="What, and where.")],  # noqa: A002
    ) -> GenerationStartPayload:
        operation = info.context
        platform = operation.platform
        context = command_context(platform, operation.tenant, input.idempotency_key)
        wish = _command(input, GenerationId(platform.new_id()))
        shown, receipt = await asked_for(platform, wish, context)
        cards = await spending.budget_cards(platform, operation.tenant, None)
        return GenerationStartPayload(
            generation=Generation.of(shown),
            receipt=WriteReceipt(position=receipt.position),
            budget=next((Budget.of(card) for card in cards if card.binding), None),
            wish=wish,
        )

    @resolved(
        "Stop a generation: nothing more is written and nothing more is paid. Its asker may, and whoever may write.",
        Requires(Permission.AI_USE),
        AnswersRefusals(GenerationCancelPayload),
    )
    async def generation_cancel(
        self,
        info: Info,
        input: Annotated[GenerationCancelInput, strawberry.argument(description="Which one.")],  # noqa: A002
    ) -> GenerationCancelPayload:
        operation = info.context
        generation_id = generation_in(input.id)
        context = command_context(operation.platform, operation.tenant, input.idempotency_key)
        receipt = await cancelled(operation.platform, generation_id, context)
        return GenerationCancelPayload(
            generation=await generation_of(operation, generation_id),
            receipt=WriteReceipt(position=receipt.position),
        )


def _command(given: GenerationStartInput, generation_id: GenerationId) -> RequestGeneration:
    document_id = document_id_in(given.document_id)
    if document_id is None:
        raise NoSuchDocument(DocumentId(generation_id))
    selection = given.target.selection or None
    return RequestGeneration(
        generation_id=generation_id,
        document_id=document_id,
        kind=events.GenerationKind[given.kind.name],
        mode=events.GenerationMode[given.mode.name],
        instruction=given.instruction,
        block_from=selection.block_from if selection else None,
        block_to=selection.block_to if selection else None,
        template=given.template,
        values=packed_values(object_of(given.variables)),
    )
