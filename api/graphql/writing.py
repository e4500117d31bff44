"""What all mutations have in common: keys of repetition, receipts, one command sent."""

from typing import Final

import strawberry

from api.commanding import command_context
from api.graphql.operation import Operation
from commands.event_log import Receipt

KEY: Final = "1 to 255 visible ASCII characters; the same input under the same key again answers the first result."
CLIENT_ID: Final = "Comes back in the payload as it is."


@strawberry.type(name="Receipt", description="Proof that the change is durable.")
class WriteReceipt:
    position: int = strawberry.field(
        description="Where it stands in the tenant's log; pass it as `atLeast` to read what was written."
    )


async def send(operation: Operation, command: object, idempotency_key: str | None) -> Receipt:
    """Send a command in the caller's name."""
    context = command_context(operation.platform, operation.tenant, idempotency_key)
    return await operation.platform.executor.execute(command, context)
