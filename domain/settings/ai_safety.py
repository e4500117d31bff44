"""What is looked for in prompts and answers, and what happens to it."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, choice, flag, listed, whole
from domain.settings.values import Kind

SAFETY: Final = (
    flag(
        "ai.pii_masking", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether e-mail addresses, telephone numbers and the like are masked before a prompt leaves.",
    ),
    flag(
        "ai.pii_names", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether the names of members and of people in the glossary are masked, too.",
    ),
    listed(
        "ai.pii_patterns", Kind.PATTERNS,
        "What else is masked before a prompt leaves, as regular expressions; where one takes long the call is refused.",
        items_max=20, characters_max=200,
    ),
    flag(
        "ai.injection_checks", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether prompts and sources are searched for orders to the model; what is found is in the ledger.",
    ),
    choice(
        "ai.injection_prompt", ("note", "review", "refuse"),
        "What happens to a call whose own words look like an order to break rules: it is noted, reviewed, or refused.",
    ),
    choice(
        "ai.injection_sources", ("note", "review", "leave_out"),
        "What happens to a passage that looks like an order to the model: it is noted, reviewed, or no model is given "
        "it.",
    ),
    flag(
        "ai.moderation", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether prompts and answers are searched for insults, threats and words of the blocklist.",
    ),
    listed(
        "ai.blocklist", Kind.WORDS, "Words and phrases that are wanted neither in prompts nor in answers.",
        items_max=500, characters_max=100,
    ),
    choice(
        "ai.moderation_prompt", ("note", "review", "block"),
        "What happens to a call whose own words hold such: it is noted, reviewed, or the call is refused.",
    ),
    choice(
        "ai.moderation_answer", ("note", "review", "block"),
        "What happens to an answer that holds such: it is noted, reviewed, or it ends before it, and comes by "
        "sentences.",
    ),
    whole(
        "ai.input_characters_max", 5_000,
        "How long what somebody writes to a model may be; texts of documents that go with it are not counted.",
        unit="characters", minimum=100, maximum=200_000,
    ),
)  # fmt: skip
