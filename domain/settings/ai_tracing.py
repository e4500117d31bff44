"""What is kept and told of a call for whoever looks at it afterwards."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, flag, whole

TRACING: Final = (
    flag(
        "ai.trace_forward", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether hosted models are sent the trace that a call belongs to (W3C traceparent), without its "
        "state.",
    ),
    whole(
        "ai.trace_content_hours", 0,
        "How long what was told and answered in a call is kept beside its trace, masked, for whoever judges findings; "
        "gone with the first erasure. 0 keeps nothing.",
        unit="hours", minimum=0, maximum=7 * 24,
    ),
)  # fmt: skip
