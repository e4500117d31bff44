"""What is looked for in prompts and answers, and what happens to it."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, flag

SAFETY: Final = (
    flag(
        "ai.pii_masking", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether e-mail addresses, telephone numbers and the like are masked before a prompt leaves.",
    ),
    flag(
        "ai.injection_checks", default=True, scopes=HOUSE_AND_TENANT,
        description="Whether prompts and sources are searched for orders to the model; what is found is in the ledger.",
    ),
)  # fmt: skip
