"""Sources and wishes inside a prompt stand between fences that nobody outside this call can know or forge."""

import re
import secrets
from typing import Final

OPEN, CLOSE = "<<<", ">>>"
_LOOK_ALIKE: Final = re.compile(
    "[<\u2039\u00ab\u226a\uff1c\u3008\u300a]{3,}|[>\u203a\u00bb\u226b\uff1e\u3009\u300b]{3,}"
)
# Invisible characters smuggle text past readers: tags, bidirectional overrides, zero-width marks, variation selectors.
_INVISIBLE: Final = re.compile("[\U000e0000-\U000e0fff\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060\ufeff]")

_PATTERNS: Final = {
    "instruction_override": re.compile(
        r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|above|prior|earlier|all|system)\b"
        r".{0,20}\b(?:instructions?|prompts?|rules?|messages?)\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "role_play": re.compile(
        r"\byou are (?:now|no longer)\b|\bact as (?:the )?(?:system|developer|admin)", re.IGNORECASE
    ),
    "prompt_disclosure": re.compile(
        r"\b(?:reveal|print|repeat|show|output)\b.{0,30}\b(?:system|hidden|initial)\b.{0,10}\b(?:prompt|instructions?)\b",
        re.IGNORECASE | re.DOTALL,
    ),
    "look_alike_fence": _LOOK_ALIKE,
    "invisible_text": _INVISIBLE,
}


def new_nonce() -> str:
    """Return a word for one call's fences."""
    return secrets.token_hex(6)


def fenced_template(template: str, nonce: str) -> str:
    """Return the template with this call's fences in place of the plain ones; data is put in afterwards."""
    return template.replace(OPEN, f"{OPEN}{nonce}\n").replace(CLOSE, f"\n{nonce}{CLOSE}")


def as_data(text: str) -> str:
    """Return the text without anything that looks like a fence or that people cannot see."""
    return _INVISIBLE.sub("", _LOOK_ALIKE.sub("\u2026", text))


def findings(text: str) -> dict[str, int]:
    """
    Return which rules find something, and how often: for the record and for people, not for deciding.

    Rules catch a third of known attacks at best; what protects is that sources are data, that answers cannot act, and
    that people decide on every hunk.
    """
    return {name: count for name, pattern in _PATTERNS.items() if (count := len(pattern.findall(text)))}
