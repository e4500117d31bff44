"""Which answers are given again, to whom and for how long."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, choice, flag, whole

CACHING: Final = (
    flag(
        "ai.answer_cache", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether the answer to an equal prompt is given again.",
    ),
    whole(
        "ai.cache_seconds", 28_800, "How long the answer to an equal prompt is given again; 0 turns it off.",
        unit="seconds", minimum=0, maximum=86_400,
    ),
    choice(
        "ai.cache_scope", ("tenant", "member"),
        "To whom an answer is given again: to whoever in the tenant asks the same of the same sources, or only to "
        "whoever asked first. In conversations, and where personal data was masked, it is always the latter.",
    ),
    flag(
        "ai.cache_with_tools", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether an answer is also given again where tools were offered: none of them is called then.",
    ),
    flag(
        "ai.cache_any_temperature", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether an answer is also given again where a temperature above 0 asks for another one.",
    ),
)  # fmt: skip
