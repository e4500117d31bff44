"""What one version of a prompt template holds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

VariableValue = bool | int | float | str | tuple[str, ...]


class TemplatePurpose(StrEnum):
    """What work a template is for: it decides what the platform gives it beside the caller's variables."""

    DRAFT = "draft"
    REWRITE = "rewrite"
    SUMMARISE = "summarise"
    TRANSLATE = "translate"
    EXTRACT = "extract"
    CHAT = "chat"
    COMPLETION = "completion"


class VariableType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    LIST = "list"


class Preset(StrEnum):
    """How freely a model may word it; the numbers stand in TEMPERATURES."""

    FACTUAL = "factual"
    BALANCED = "balanced"
    CREATIVE = "creative"


TEMPERATURES: Final = {Preset.FACTUAL: 0.0, Preset.BALANCED: 0.5, Preset.CREATIVE: 0.9}
"""Within what every provider takes; a model that takes none is called without."""


class Section(StrEnum):
    """What a prompt is made of beside its instructions, which are never cut."""

    EXAMPLES = "examples"
    HISTORY = "history"
    PASSAGES = "passages"
    CONTEXT = "context"
    TERMS = "terms"
    SELECTION = "selection"


GIVES_WAY: Final[tuple[Section, ...]] = (
    Section.EXAMPLES,
    Section.HISTORY,
    Section.PASSAGES,
    Section.CONTEXT,
    Section.TERMS,
)
"""Unless a template says otherwise. The text that is worked on is not among them: half of it would be another text."""

GIVEN_TEXTS: Final = frozenset({"title", "instruction", "selection", "context"})
GIVEN_LISTS: Final = frozenset({"passages", "terms"})
"""What the platform gives every template: `passages` are {n, title, text}, `terms` are {term, definition}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What whoever uses the template gives it; `characters_max` bounds a text, and each entry of a list."""

    name: str
    type: VariableType
    required: bool
    characters_max: int
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What was asked once, and an answer as it should be: plain text, shown to the model as turns before its own."""

    asked: str
    answered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContent:
    """
    `system` and `user` are Jinja templates of the two parts.

    `gives_way` names what is cut where room is scarce, first to last; what it does not name never is. `model` is an
    alias or `provider/model`, for callers who name none; without a preset a model has a temperature of its own.
    """

    purpose: TemplatePurpose
    description: str
    system: str
    user: str
    variables: tuple[Variable, ...] = ()
    examples: tuple[Example, ...] = ()
    preset: Preset | None = None
    model: str = "auto"
    output_tokens_max: int | None = None
    gives_way: tuple[Section, ...] = GIVES_WAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A version that is used, and how often beside the other one that is."""

    version: int
    weight: int = 100
