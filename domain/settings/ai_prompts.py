"""What models are told for each purpose."""

from typing import Final

from domain.settings import prompts
from domain.settings.definition import HOUSE_AND_TENANT, flag, template

PROMPTS: Final = (
    flag(
        "ai.template_four_eyes", default=False, scopes=HOUSE_AND_TENANT,
        description="Whether a prompt template has to be approved by somebody else than whoever wrote it.",
    ),
    template("prompt.draft", prompts.DRAFT, "What a model is told when it drafts a passage."),
    template("prompt.rewrite", prompts.REWRITE, "What a model is told when it rewrites a passage."),
    template("prompt.summarise", prompts.SUMMARISE, "What a model is told when it summarises."),
    template("prompt.translate", prompts.TRANSLATE, "What a model is told when it translates."),
    template("prompt.extract", prompts.EXTRACT, "What a model is told when it takes findings out of a text."),
    template("prompt.chat", prompts.CHAT, "What a model is told when it answers questions in a chat."),
)  # fmt: skip
