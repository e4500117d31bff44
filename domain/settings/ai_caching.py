"""Which answers are given again, to whom and for how long."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, choice, flag, listed, whole
from domain.settings.values import Kind

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
    flag(
        "ai.prompt_cache", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether hosted models are asked to keep what stays the same at the beginning of prompts, apart "
        "for each tenant: a caller's system prompt and tools.",
    ),
    listed(
        "ai.semantic_cache", Kind.WORDS,
        "For which purposes and templates (chat, completion, house-tone) the answer to a question that asks the same "
        "in other words is given; none until somebody names one.",
        items_max=50, characters_max=60,
    ),
    whole(
        "ai.semantic_cache_similarity_permille", 800,
        "How much alike two questions must be, before their words are compared.",
        unit="permille", minimum=500, maximum=1_000,
    ),
    whole(
        "ai.semantic_cache_compared_permille", 100,
        "Of how many such hits the model is asked all the same, and its answer compared with the one that was kept.",
        unit="permille", minimum=10, maximum=1_000,
    ),
    whole(
        "ai.semantic_cache_compared_min", 50,
        "How many hits must have been compared in 30 days before any is given; until then all are compared.",
        unit="hits", minimum=1, maximum=10_000,
    ),
    whole(
        "ai.semantic_cache_wrong_hits_permille_max", 20,
        "How many of the hits may be wrong; above it none is given, and all are compared.",
        unit="permille", minimum=0, maximum=1_000,
    ),
)  # fmt: skip
