"""The settings that bind whoever acts now, as one immutable snapshot: the platform's, the tenant's, the member's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from domain.ids import TenantId
from domain.settings.values import SettingValue as SettingValue
from domain.template.live import LiveTemplates
from tenancy.context import TenantContext

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Policy:
    """
    Every setting of the registry with the value that binds, whoever set it; a key that is not in it is a bug.

    `versions` tells how often each was changed where its value comes from: 0 is the default that nobody changed.
    `templates` are the live prompt templates that models are told, the tenant's own before those of the operator, which
    are `house_templates`, too.
    """

    values: Mapping[str, SettingValue]
    versions: Mapping[str, int]
    templates: LiveTemplates = field(default_factory=dict)
    house_templates: LiveTemplates = field(default_factory=dict)

    def flag(self, key: str) -> bool:
        return _of_type(bool, self.values[key])

    def whole(self, key: str) -> int:
        return _of_type(int, self.values[key])

    def share(self, key: str) -> float:
        """Return a number between 0 and 1."""
        value = self.values[key]
        return float(value) if isinstance(value, int) else _of_type(float, value)

    def text(self, key: str) -> str:
        return _of_type(str, self.values[key])

    def names(self, key: str) -> tuple[str, ...]:
        return _of_type(tuple, self.values[key])


class Policies(Protocol):
    """The registry as every other part reads it."""

    async def of(self, context: TenantContext) -> Policy:
        """Return what binds this actor now: never older than half a second, so that a change is live within one."""
        ...

    def forget(self, tenant_id: TenantId) -> None:
        """Look again next time: a setting of this tenant (or of the platform) was just changed by this process."""
        ...


def _of_type(wanted: type[V], value: object) -> V:
    assert isinstance(value, wanted), f"a setting is not {wanted}"
    return value
