"""What is kept and told of a call for whoever looks at it afterwards."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, flag

TRACING: Final = (
    flag(
        "ai.trace_forward", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether hosted models are sent the trace that a call belongs to (W3C traceparent), without its "
        "state.",
    ),
)  # fmt: skip
