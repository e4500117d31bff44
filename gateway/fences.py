"""Sources and wishes inside a prompt stand between fences that nobody outside this call can know or forge."""

import re
import secrets
from typing import Final

LOOK_ALIKE_FENCE: Final = re.compile(
    "[<\u2039\u00ab\u226a\uff1c\u3008\u300a]{3,}|[>\u203a\u00bb\u226b\uff1e\u3009\u300b]{3,}"
)
# Invisible characters smuggle text past readers: tags, bidirectional overrides, zero-width marks, variation selectors.
_INVISIBLE: Final = re.compile("[\U000e0000-\U000e0fff\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060\ufeff]")


def new_nonce() -> str:
    """Return a word for one call's fences."""
    return secrets.token_hex(6)


def as_data(text: str) -> str:
    """Return the text without anything that looks like a fence or that people cannot see."""
    return _INVISIBLE.sub("", LOOK_ALIKE_FENCE.sub("\u2026", text))
