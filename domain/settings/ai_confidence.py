"""Whether an answer that is probably not good enough is asked for again, of a larger model."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, flag, whole

CONFIDENCE: Final = (
    flag(
        "ai.confidence_routing", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether a small model's answer is judged before it is given, and a larger model asked where it is "
        "probably not good; as long as too few answers are rated, routes stay as they are.",
    ),
    flag(
        "ai.confidence_second_answer", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether a small model is asked a second time before a short answer of it is judged: how much "
        "alike both are is one thing more to judge by, and both are paid. Not at a temperature of 0: they would be "
        "the same.",
    ),
    whole(
        "ai.confidence_exploration_permille", 10,
        "Of how many judged answers the opposite is done, by chance, so that it is learnt what would have come of it.",
        unit="permille", minimum=0, maximum=100,
    ),
)  # fmt: skip
