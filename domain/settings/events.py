"""What can happen to a setting."""

from dataclasses import dataclass
from uuid import UUID

from domain.sealed import Sealed
from domain.settings.values import Scope, SettingValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged(Sealed):
    """
    `owner_id` is the platform's, the tenant's or the member's id; `former` is null where none was set there.

    `reason` is empty where nobody gave one.
    """

    scope: Scope
    owner_id: UUID
    key: str
    value: SettingValue
    former: SettingValue | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingReset(Sealed):
    """The value set here is gone; what is set farther away, or the default, counts again."""

    scope: Scope
    owner_id: UUID
    key: str
    former: SettingValue | None


SettingEvent = SettingChanged | SettingReset
