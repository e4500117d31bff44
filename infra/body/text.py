"""Characters that no format but JSON can carry."""

import re
from typing import Final

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def without_controls(text: str) -> str:
    """Drop control characters, except tab and newline."""
    return _CONTROLS.sub("", text)
