"""What an entry of a route may say beside the model: with which weight it shares the first place."""

import re
from typing import Final

# Longer digits belong to the model's own name, as in claude-sonnet@20250514.
_WEIGHTED: Final = re.compile(r"(.+)@(0|[1-9]\d?|100)")


def model_of(entry: str) -> str:
    """Return the model of `provider/model@weight`."""
    return weighed(entry)[0]


def weighed(entry: str) -> tuple[str, int | None]:
    """Return the model and its weight; None is a model that shares its place with nobody."""
    found = _WEIGHTED.fullmatch(entry)
    return (entry, None) if found is None else (found[1], int(found[2]))
