"""What values a setting may be given, by whom and what then happened."""

import re
from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID, uuid5

from domain.errors import Invalid, NotFound
from domain.ids import PLATFORM, MemberId, StreamId, TenantId
from domain.settings.contract_prices import PRICES_MAX, accepted_prices
from domain.settings.definition import Definition
from domain.settings.events import SettingChanged, SettingEvent, SettingReset
from domain.settings.routes import model_of
from domain.settings.values import Kind, Scope, SettingValue

NAMES_MAX = 10
_MODEL = re.compile(r"[a-z0-9_-]{1,40}/[\x21-\x7e]{1,150}")


class SettingRefused(Invalid):
    """The value is of another type than the setting's, or outside its bounds; the facts tell which."""

    code: ClassVar = "setting.refused"

    def __init__(self, definition: Definition, reason: str) -> None:
        super().__init__(reason)
        self.definition = definition

    def facts(self) -> dict[str, object]:
        return {
            "key": self.definition.key,
            "kind": str(self.definition.kind),
            "minimum": self.definition.minimum,
            "maximum": self.definition.maximum,
            "choices": list(self.definition.choices),
            "characters_max": self.definition.characters_max,
        }


class ScopeRefused(Invalid):
    """The setting cannot be set there, or not from here."""

    code: ClassVar = "setting.scope_refused"

    def __init__(self, definition: Definition, scope: Scope) -> None:
        super().__init__(f"{definition.key} cannot be set for a {scope} here.")
        self.scopes = definition.scopes

    def facts(self) -> dict[str, object]:
        return {"scopes": [str(scope) for scope in self.scopes]}


class NoSuchSettingVersion(NotFound):
    """The setting never had a value under this version."""

    code: ClassVar = "setting.version_not_found"

    def __init__(self) -> None:
        super().__init__("The setting has no value of this version.")


def setting_stream(scope: Scope, owner_id: UUID, key: str) -> StreamId:
    """Return the stream of one setting as set for one owner."""
    return StreamId(uuid5(owner_id, f"setting/{scope}/{key}"))


def owner_of(definition: Definition, scope: Scope, tenant_id: TenantId, member_id: MemberId | None) -> UUID:
    """
    Return whose value is to be set; raise ScopeRefused.

    The platform's stand in the platform's own log, so nobody who acts in a tenant reaches them.
    """
    from_the_house = tenant_id == PLATFORM
    if scope not in definition.scopes or from_the_house is not (scope is Scope.PLATFORM):
        raise ScopeRefused(definition, scope)
    if (member_id is not None) is not (scope is Scope.MEMBER):
        raise ScopeRefused(definition, scope)
    return tenant_id if member_id is None else member_id


def value_now(past: Sequence[object]) -> SettingValue | None:
    """Return what is set after these events."""
    last = next((event for event in reversed(past) if isinstance(event, SettingChanged | SettingReset)), None)
    return last.value if isinstance(last, SettingChanged) else None


def value_at(past: Sequence[object], version: int) -> SettingValue | None:
    """Return what was set after so many events, None when nothing was; raise NoSuchSettingVersion."""
    if not 0 <= version <= len(past):
        raise NoSuchSettingVersion
    return value_now(past[:version])


def change(
    past: Sequence[object], definition: Definition, scope: Scope, owner_id: UUID, value: object, *, reason: str = ""
) -> Sequence[SettingEvent]:
    """Set a value; one that is set already changes nothing. Raises SettingRefused."""
    wanted, former = accepted(definition, value), value_now(past)
    if former is not None and (type(former), former) == (type(wanted), wanted):
        return []
    key = definition.key
    return [SettingChanged(scope=scope, owner_id=owner_id, key=key, value=wanted, former=former, reason=reason)]


def reset(past: Sequence[object], definition: Definition, scope: Scope, owner_id: UUID) -> Sequence[SettingEvent]:
    """Take back what is set; where nothing is, nothing changes."""
    former = value_now(past)
    return [] if former is None else [SettingReset(scope=scope, owner_id=owner_id, key=definition.key, former=former)]


def accepted(definition: Definition, value: object) -> SettingValue:
    """Return the value if the setting may have it; raise SettingRefused."""
    match definition.kind, value:
        case Kind.FLAG, bool():
            return value
        case Kind.WHOLE, int() if not isinstance(value, bool):
            return _bounded(definition, value)
        case Kind.SHARE, (int() | float()) if not isinstance(value, bool):
            return float(_bounded(definition, value))
        case Kind.CHOICE, str() if value in definition.choices:
            return value
        case ((Kind.NAMES | Kind.PRICES), (list() | tuple())):
            return _models(definition, value) if definition.kind is Kind.NAMES else _prices(definition, value)
        case ((Kind.WORDS | Kind.PATTERNS), (list() | tuple())):
            return _listed(definition, value)
        case _:
            raise _refusal(definition)


def _bounded(definition: Definition, value: float) -> float:
    assert definition.minimum is not None
    assert definition.maximum is not None
    # Written so that what is not a number is outside, too.
    if not definition.minimum <= value <= definition.maximum:
        raise _refusal(definition)
    return value


def _text(definition: Definition, value: str) -> str:
    assert definition.characters_max is not None
    if not 1 <= len(value) <= definition.characters_max or "\0" in value or not _encodable(value):
        raise _refusal(definition)
    return value


def _models(definition: Definition, value: Sequence[object]) -> tuple[str, ...]:
    names = tuple(name for name in value if isinstance(name, str) and _MODEL.fullmatch(name))
    # A model has one place in a route, whatever its weight.
    different = {model_of(name) for name in names}
    if not _names_min(definition) <= len(value) <= NAMES_MAX or len(different) != len(value):
        raise _refusal(definition)
    return names


def _prices(definition: Definition, value: Sequence[object]) -> tuple[str, ...]:
    if (lines := accepted_prices(value)) is None:
        raise _refusal(definition)
    return lines


def _listed(definition: Definition, value: Sequence[object]) -> tuple[str, ...]:
    assert definition.items_max is not None
    texts = tuple(_text(definition, text.strip()) for text in value if isinstance(text, str))
    if len(value) > definition.items_max or len(set(texts)) != len(value):
        raise _refusal(definition)
    if definition.kind is Kind.PATTERNS:
        for text in texts:
            _require_pattern(definition, text)
    return texts


def _require_pattern(definition: Definition, text: str) -> None:
    """Refuse what is no regular expression, or one that finds nothing in particular."""
    try:
        matches_nothing = re.compile(text).fullmatch("") is not None
    except (re.error, OverflowError, RecursionError) as error:
        raise SettingRefused(definition, f"{text[:60]} is no regular expression.") from error
    if matches_nothing:
        raise SettingRefused(definition, f"{text[:60]} matches even where nothing stands.")


def _names_min(definition: Definition) -> int:
    return 1 if definition.minimum is None else definition.minimum


def _encodable(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _refusal(definition: Definition) -> SettingRefused:
    return SettingRefused(definition, f"{definition.key} takes {in_words(definition)}.")


def in_words(definition: Definition) -> str:  # noqa: PLR0911  # one for each kind
    """Say what values a setting takes."""
    match definition.kind:
        case Kind.FLAG:
            return "true or false"
        case Kind.WHOLE:
            return f"a whole number from {definition.minimum} to {definition.maximum} ({definition.unit})"
        case Kind.SHARE:
            return f"a number from {definition.minimum} to {definition.maximum}"
        case Kind.NAMES | Kind.PRICES:
            return _list_in_words(definition)
        case Kind.CHOICE:
            return definition.unit or f"one of {', '.join(definition.choices)}"
        case Kind.WORDS:
            return f"up to {definition.items_max} different texts of 1 to {definition.characters_max} characters"
        case Kind.PATTERNS:
            return f"up to {definition.items_max} different patterns of 1 to {definition.characters_max} characters"


def _list_in_words(definition: Definition) -> str:
    if definition.kind is Kind.PRICES:
        return f"a list of at most {PRICES_MAX} models with prices, each as provider/model input=250000 output=1000000"
    return f"a list of {_names_min(definition)} to {NAMES_MAX} different models, each as provider/model"
