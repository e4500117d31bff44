"""What a setting can hold and for whom it can be set."""

from enum import StrEnum

SettingValue = bool | int | float | str | tuple[str, ...]


class Kind(StrEnum):
    """What values a setting takes."""

    FLAG = "flag"
    WHOLE = "whole"
    SHARE = "share"
    NAMES = "names"
    CHOICE = "choice"
    PRICES = "prices"
    WORDS = "words"
    PATTERNS = "patterns"


class Scope(StrEnum):
    """For whom a value is set; what stands nearer to whoever acts wins, unless a setting says otherwise."""

    PLATFORM = "platform"
    TENANT = "tenant"
    MEMBER = "member"


def plain(value: SettingValue | None) -> bool | float | str | list[str] | None:
    """Return a value as JSON has it, which knows no tuples."""
    return list(value) if isinstance(value, tuple) else value
