"""What happens when a model fails, drags, or is taken out of service."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, Definition, flag, whole
from domain.settings.values import Kind, Scope

_HOUSE: Final = (Scope.PLATFORM,)

RESILIENCE: Final = (
    whole(
        "ai.retries_max", 1,
        "How often a model is asked again at once, after a failure that may pass; all of a tenant's calls together at "
        "most a tenth more.",
        unit="times", minimum=0, maximum=5,
    ),
    Definition(
        key="ai.drained", kind=Kind.NAMES, default=(), minimum=0, scopes=HOUSE_AND_TENANT, adds_up=True,
        description="Models that get no new calls, as provider/model or provider/*; what the platform drains "
        "is drained for everybody.",
    ),
    Definition(
        key="ai.route_draw", kind=Kind.CHOICE, default="call", choices=("call", "member"), scopes=HOUSE_AND_TENANT,
        description="Whether the weights of a route are drawn anew for each call, or once for each member.",
    ),
    flag(
        "ai.degraded_answers", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether, when a route fails, a smaller model, an answer kept before or the local model answers, "
        "which is told; off is an error instead.",
    ),
    whole(
        "ai.stale_answer_seconds", 86_400,
        "How long an answer is kept to be given again when no model answers; 0 keeps none for that.",
        unit="seconds", minimum=0, maximum=604_800,
    ),
    whole(
        "ai.hedged_share_percent", 0,
        "Of how many calls that nobody reads as they come a second model may be asked when the first is late; both "
        "are paid.",
        unit="percent", minimum=0, maximum=2,
    ),
    whole(
        "ai.circuit_failures", 5, "After how many failures within a minute, half of all its calls, a model rests.",
        unit="failures", minimum=1, maximum=100, scopes=_HOUSE,
    ),
    whole(
        "ai.circuit_rest_seconds", 60, "How long a model rests that failed or dragged.",
        unit="seconds", minimum=1, maximum=3_600, scopes=_HOUSE,
    ),
    whole(
        "ai.slow_call_seconds", 10, "A model that takes so long to begin drags; four of five such calls let it rest.",
        unit="seconds", minimum=1, maximum=300, scopes=_HOUSE,
    ),
    whole(
        "ai.probe_seconds", 15,
        "How often it is looked whether a resting model can be reached, by a question that costs nothing; 0 is never.",
        unit="seconds", minimum=0, maximum=3_600, scopes=_HOUSE,
    ),
)  # fmt: skip
