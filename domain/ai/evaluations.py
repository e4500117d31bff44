"""How often a model was right on a test set whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from domain.errors import Invalid
from domain.free_text import is_clean_line
from domain.ids import EvaluationId, MemberId
from domain.sealed import Sealed

NAME_CHARACTERS_MAX: Final = 200
EXAMPLES_MAX: Final = 10_000_000
PURPOSES: Final = ("draft", "rewrite", "summarise", "translate", "extract", "chat", "completion")
"""What has answers that can be right; vectors are neither right nor wrong."""
VERSION_MAX: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AiModelEvaluated(Sealed):
    """
    Somebody had a model answer the examples of a test set, told what with this version of a template.

    Only counts: the examples and the answers stay with whoever ran them. `evaluated_by` is whose key it was, where a
    key did it; None is a key of nobody.
    """

    evaluation_id: EvaluationId
    purpose: str
    template: str
    template_version: int
    """0 is the one that comes with the platform."""
    model: str
    """As provider/model."""
    test_set: str
    examples: int
    right: int
    evaluated_by: MemberId | None


class EvaluationRefused(Invalid):
    """A run of a test set has 1 to 10,000,000 examples, no more right answers, a known purpose, and short names."""

    code: ClassVar = "evaluation.refused"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field

    def facts(self) -> dict[str, object]:
        return {"field": self.field}


def evaluated(evaluation: AiModelEvaluated) -> Sequence[AiModelEvaluated]:
    """Take it as it was told. Raises EvaluationRefused."""
    if not 1 <= evaluation.examples <= EXAMPLES_MAX:
        raise EvaluationRefused("examples", f"There are 1 to {EXAMPLES_MAX} examples.")
    if not 0 <= evaluation.right <= evaluation.examples:
        raise EvaluationRefused("right", "No more answers are right than there are examples.")
    if not 0 <= evaluation.template_version <= VERSION_MAX:
        raise EvaluationRefused("template_version", "A version is a whole number, 0 for what comes with the platform.")
    if evaluation.purpose not in PURPOSES:
        raise EvaluationRefused("purpose", f"A purpose is one of {', '.join(PURPOSES)}.")
    for field in ("template", "model", "test_set"):
        name = getattr(evaluation, field)
        if not name.strip() or len(name) > NAME_CHARACTERS_MAX or not is_clean_line(name):
            raise EvaluationRefused(field, f"This is one line of 1 to {NAME_CHARACTERS_MAX} characters.")
    provider, _, model = evaluation.model.partition("/")
    if not provider or not model:
        raise EvaluationRefused("model", "A model is named as provider/model.")
    return [evaluation]
