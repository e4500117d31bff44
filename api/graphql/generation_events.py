"""A generation as it is written: its text in pieces, its state, and at last itself."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from api.generating import Began, Written, document_of, followed, seen_generation, shown_generation
from api.graphql import fields
from api.graphql.authorisation import Requires
from api.graphql.generations import Generation, GenerationState, generation_in
from api.graphql.operation import Info, Operation
from commands.generation.generation_stream import LoadedGeneration
from tenancy.context import TenantContext
from tenancy.document_rights import Access
from tenancy.roles import Permission


@strawberry.type(description="More of the text.")
class GenerationDelta:
    seq: int = strawberry.field(description="How many code points there are with it; pass the last as `afterSeq`.")
    text: str = strawberry.field(
        description="What comes behind the pieces before; as long as `seq` when the text was begun anew."
    )


@strawberry.type(description="It is in another state now.")
class GenerationStateChanged:
    seq: int = strawberry.field(description="How many code points of the text were told before.")
    state: GenerationState = strawberry.field(description="The state.")


GenerationEvent = Annotated[
    GenerationDelta | GenerationStateChanged | Generation,
    strawberry.union("GenerationEvent", description="What happens to a generation; the generation itself is its end."),
]


@strawberry.type
class GenerationsSubscription:
    @fields.followed(
        "A generation as it is written; ends with the generation, also for one that has ended long ago.",
        Requires(Permission.DOCUMENT_READ),
    )
    async def generation_events(
        self,
        info: Info,
        generation_id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],
        after_seq: Annotated[
            int, strawberry.argument(description="How many code points of the text are known already.")
        ] = 0,
    ) -> AsyncGenerator[GenerationEvent, None]:
        operation, wanted = info.context, generation_in(generation_id)
        document_id = document_of(await seen_generation(operation.platform, wanted, operation.tenant))

        async def still() -> TenantContext:
            tenant = await operation.access.still(Permission.DOCUMENT_READ)
            await operation.platform.document_rights.require(document_id, tenant, Access.READ)
            return tenant

        seq = max(after_seq, 0)
        async with aclosing(followed(operation.platform, wanted, still, sent=seq)) as told:  # type: ignore[type-var]
            async for one in told:
                operation.begin()
                match one:
                    case Written():
                        seq = one.seq
                        yield GenerationDelta(seq=one.seq, text=one.text)
                    case Began():
                        yield GenerationStateChanged(seq=seq, state=GenerationState.STREAMING)
                    case LoadedGeneration():
                        end = await _end(operation, one)
                        yield GenerationStateChanged(seq=seq, state=end.state)
                        yield end
                    case None:
                        pass  # a sign of life; the transports have signs of their own


async def _end(operation: Operation, loaded: LoadedGeneration) -> Generation:
    return Generation.of(await shown_generation(operation.platform, loaded, operation.tenant))
