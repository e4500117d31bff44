"""Every setting that may be changed while Colophon runs."""

from collections.abc import Mapping
from typing import ClassVar, Final

from domain.errors import NotFound
from domain.settings.ai_caching import CACHING
from domain.settings.ai_calling import CALLING
from domain.settings.ai_confidence import CONFIDENCE
from domain.settings.ai_moderation import MODERATION
from domain.settings.ai_money import MONEY
from domain.settings.ai_prompts import PROMPTS
from domain.settings.ai_resilience import RESILIENCE
from domain.settings.ai_review import REVIEW
from domain.settings.ai_safety import SAFETY
from domain.settings.ai_tracing import TRACING
from domain.settings.definition import Definition
from domain.settings.platform import PLATFORM

KEY_CHARACTERS_MAX = 60

_ALL: Final = (
    *CALLING,
    *CONFIDENCE,
    *CACHING,
    *RESILIENCE,
    *MONEY,
    *SAFETY,
    *MODERATION,
    *REVIEW,
    *TRACING,
    *PROMPTS,
    *PLATFORM,
)

REGISTRY: Final[Mapping[str, Definition]] = {definition.key: definition for definition in _ALL}


class UnknownSetting(NotFound):
    """The registry has no setting with this key."""

    code: ClassVar = "setting.unknown"

    def __init__(self, key: str) -> None:
        super().__init__("There is no such setting.")
        self.key = key[:KEY_CHARACTERS_MAX]

    def facts(self) -> dict[str, object]:
        return {"key": self.key}


def definition_of(key: str) -> Definition:
    """Return what the registry says of a setting; raise UnknownSetting."""
    if key not in REGISTRY:
        raise UnknownSetting(key)
    return REGISTRY[key]
