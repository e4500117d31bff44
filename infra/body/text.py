"""Characters that no format but JSON can carry, and line ends that no body keeps."""

import re
from typing import Final

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS: Final = re.compile(r"\r\n?")


def with_newlines(text: str) -> str:
    """Return what comes in with the one line end that every format gives back."""
    return _LINE_ENDS.sub("\n", text)


def without_controls(text: str) -> str:
    """Drop control characters, except tab and newline."""
    return _CONTROLS.sub("", text)
