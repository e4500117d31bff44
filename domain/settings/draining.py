"""Which models a tenant takes out of service, and why: the setting `ai.drained`, one model at a time."""

from collections.abc import Sequence
from typing import ClassVar, Final

from domain.errors import Invalid
from domain.free_text import is_clean_line
from domain.settings.decisions import value_now

DRAINED: Final = "ai.drained"
REASON_CHARACTERS_MAX: Final = 500


class DrainRefused(Invalid):
    """Taking a model out of service has a reason of 1 to 500 characters; taking it back may have one."""

    code: ClassVar = "ai.drain_refused"

    def __init__(self) -> None:
        super().__init__(f"Give a reason of 1 to {REASON_CHARACTERS_MAX} characters.")

    def facts(self) -> dict[str, object]:
        return {"reason_characters_max": REASON_CHARACTERS_MAX}


def accepted_reason(reason: str, *, needed: bool) -> str:
    """Return the reason in one line; raise DrainRefused."""
    reason = " ".join(reason.split())
    if (needed and not reason) or len(reason) > REASON_CHARACTERS_MAX or not is_clean_line(reason):
        raise DrainRefused
    return reason


def drained_now(past: Sequence[object]) -> tuple[str, ...]:
    """Return what the owner of these events has taken out of service."""
    value = value_now(past)
    return value if isinstance(value, tuple) else ()


def with_model(drained: tuple[str, ...], model: str) -> tuple[str, ...]:
    return drained if model in drained else (*drained, model)


def without_model(drained: tuple[str, ...], model: str) -> tuple[str, ...]:
    return tuple(name for name in drained if name != model)
