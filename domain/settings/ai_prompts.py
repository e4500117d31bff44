"""Who approves what models are told, and who meets which version of it."""

from typing import Final

from domain.settings.definition import HOUSE_AND_TENANT, Definition, flag, whole
from domain.settings.values import Kind

PROMPTS: Final = (
    flag(
        "ai.template_four_eyes", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether a prompt template has to be approved by somebody else than whoever wrote it.",
    ),
    Definition(
        key="ai.template_draw", kind=Kind.CHOICE, default="member", choices=("member", "call"), scopes=HOUSE_AND_TENANT,
        description="Whether a member keeps the version of a template that was drawn, where two share the calls, or "
        "each call is drawn anew.",
    ),
    whole(
        "ai.prompt_tokens_max", 50_000,
        "About how long a prompt may be; examples, former messages and sources give way, and the notice says so.",
        unit="tokens", minimum=500, maximum=200_000,
    ),
)  # fmt: skip
