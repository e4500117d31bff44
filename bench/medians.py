"""The middle of several rounds."""

from statistics import median
from typing import Any


def medians(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of each figure, however deep in the rounds' tables it stands."""
    return {
        name: medians([one[name] for one in rounds]) if isinstance(value, dict) else median(one[name] for one in rounds)
        for name, value in rounds[0].items()
    }
