"""Secrets that prove who somebody is: 256 random bits, shown once, stored as a hash."""

import hashlib
import secrets
from dataclasses import dataclass

SECRET_CHARACTERS_MAX = 200
KEY_PREFIX = "colk"
"""Of API keys."""


@dataclass(frozen=True, slots=True)
class Secret:
    """`text` is for the bearer and for nobody's log; `digest` is what the platform keeps."""

    text: str
    digest: bytes

    def __repr__(self) -> str:
        return "Secret(…)"


def new_secret(prefix: str) -> Secret:
    """Make a secret; the prefix lets secret scanners recognise one that leaked."""
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    return Secret(text, digest(text))


def digest(text: str) -> bytes:
    """Return the SHA-256 by which a presented secret is looked up."""
    return hashlib.sha256(text.encode()).digest()
