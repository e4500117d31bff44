"""A provider's moderation beside the rules: off until somebody names one."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, Definition, choice, flag, whole
from domain.settings.values import Kind

MODERATION: Final = (
    Definition(
        key="ai.moderation_models", kind=Kind.NAMES, default=(), minimum=0, scopes=HOUSE_AND_TENANT,
        description="Which models for moderation are asked about prompts beside the rules, the next one when one does "
        "not answer; they are given masked text only. What they find is noted, reviewed or blocked as what rules find.",
    ),
    flag(
        "ai.moderation_models_answers", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether they are asked about answers, too; an answer that they may stop comes in one piece.",
    ),
    choice(
        "ai.moderation_models_failed", ("go_on", "refuse"),
        "What happens when none of them answers in time: the call goes on and the ledger says so, or it is refused.",
    ),
    whole(
        "ai.moderation_models_seconds", 2, "How long is waited for each of them.",
        unit="seconds", minimum=1, maximum=30,
    ),
)  # fmt: skip
