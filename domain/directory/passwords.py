"""What a password may be: long enough, and not the person's own name or address."""

import unicodedata
from typing import ClassVar

from domain.errors import Invalid

PASSWORD_CHARACTERS_MIN, PASSWORD_CHARACTERS_MAX = 12, 200


class PasswordRefused(Invalid):
    """A password is long, and not what everybody knows of the person."""

    code: ClassVar = "password.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)

    def facts(self) -> dict[str, object]:
        return {
            "password_characters_min": PASSWORD_CHARACTERS_MIN,
            "password_characters_max": PASSWORD_CHARACTERS_MAX,
        }


def accepted_password(raw: str, *, email: str, name: str) -> str:
    """Return the password in the one spelling that is hashed; raise PasswordRefused."""
    password = normalised(raw)
    if not PASSWORD_CHARACTERS_MIN <= len(password) <= PASSWORD_CHARACTERS_MAX:
        raise PasswordRefused(f"A password has {PASSWORD_CHARACTERS_MIN} to {PASSWORD_CHARACTERS_MAX} characters.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in password):
        raise PasswordRefused("A password has no control characters.")
    known = {normalised(text).strip().casefold() for text in (email, email.partition("@")[0], name)}
    if password.strip().casefold() in known:
        raise PasswordRefused("A password is neither the person's name nor the e-mail address.")
    return password


def normalised(raw: str) -> str:
    """Return the text as every keyboard means it: what looks the same is the same password."""
    return unicodedata.normalize("NFC", raw)
