"""What the registry says of one setting."""

from dataclasses import dataclass

from domain.settings.values import Kind, Scope, SettingValue

EVERYBODY = (Scope.PLATFORM, Scope.TENANT, Scope.MEMBER)
HOUSE_AND_TENANT = (Scope.PLATFORM, Scope.TENANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """
    A key, what it means in plain words and what values it takes.

    `all_must_allow` is for switches that anybody above may turn off for everybody below: nobody turns them on again.
    `adds_up` is for lists to which what everybody above has put in belongs as well. `tenant_cap` names the cap of the
    tenant's plan that the value never exceeds.
    """

    key: str
    kind: Kind
    default: SettingValue
    description: str
    scopes: tuple[Scope, ...]
    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    characters_max: int | None = None
    items_max: int | None = None
    all_must_allow: bool = False
    adds_up: bool = False
    tenant_cap: str | None = None


def flag(
    key: str, *, default: bool, description: str, scopes: tuple[Scope, ...], all_must_allow: bool = False
) -> Definition:
    return Definition(
        key=key, kind=Kind.FLAG, default=default, description=description, scopes=scopes, all_must_allow=all_must_allow
    )


def whole(
    key: str,
    default: int,
    description: str,
    *,
    unit: str,
    minimum: int,
    maximum: int,
    scopes: tuple[Scope, ...] = HOUSE_AND_TENANT,
    tenant_cap: str | None = None,
) -> Definition:
    return Definition(
        key=key,
        kind=Kind.WHOLE,
        default=default,
        description=description,
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        scopes=scopes,
        tenant_cap=tenant_cap,
    )


def listed(key: str, kind: Kind, description: str, *, items_max: int, characters_max: int) -> Definition:
    """Return a list that is empty until somebody fills it."""
    return Definition(
        key=key,
        kind=kind,
        default=(),
        description=description,
        scopes=HOUSE_AND_TENANT,
        unit="characters",
        characters_max=characters_max,
        items_max=items_max,
    )


def choice(key: str, choices: tuple[str, ...], description: str) -> Definition:
    """Return a choice whose first is what happens until somebody chooses."""
    return Definition(
        key=key,
        kind=Kind.CHOICE,
        default=choices[0],
        choices=choices,
        description=description,
        scopes=HOUSE_AND_TENANT,
    )
