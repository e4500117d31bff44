"""Text as a reader means it: without look-alike letters, invisible marks, spaced-out words or wrappings."""

import base64
import binascii
import re
import unicodedata
from typing import Final

INVISIBLE: Final = re.compile("[\U000e0000-\U000e0fff\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060\u00ad\ufeff]")
HIDDEN: Final = re.compile("[\U000e0000-\U000e0fff\u202a-\u202e\u2066-\u2069]")
"""What smuggles text or turns it around; marks that scripts and emoji need are not among it."""
WRAPPED_MAX: Final = 5
"""How many pieces of base64 or of a URL's escapes in one text are unwrapped."""

_LOOK_ALIKE: Final = str.maketrans(
    "аеорсухіѕјһԁԛкмтвнАВЕКМНОРСТХІЅЈαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxisjhdqkmtbhABEKMHOPCTXISJaeiknoptuxABEZHIKMNOPTYX",
)
_LATIN: Final = re.compile(r"[a-z]", re.IGNORECASE)
_FOREIGN: Final = re.compile(r"[\u0370-\u052f]")
_WORD: Final = re.compile(r"\w+")
_DIGITS_AS_LETTERS: Final = str.maketrans("013457@$", "oieastas")
_LEET: Final = re.compile(
    r"(?<!\w)(?=[\w@$]{0,30}[a-z])(?=[\w@$]{0,30}[013457@$][a-z])[a-z013457@$]{3,30}(?!\w)", re.IGNORECASE
)
_SPACED: Final = re.compile(r"(?<!\w)(?:\w[ .\-_*]){4,40}\w(?!\w)")
_BASE64: Final = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{20,4000}={0,2}(?![\w+/=-])")
_SPACE: Final = re.compile(r"[\s\u00a0]+")


def plain_form(text: str) -> str:
    """Return the text in lower case as rules read it."""
    plain = INVISIBLE.sub("", text)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
        if _FOREIGN.search(plain):
            plain = _WORD.sub(_in_one_script, plain)
    plain = _SPACED.sub(lambda found: re.sub(r"[ .\-_*]", "", found.group()), plain)
    plain = _LEET.sub(lambda found: found.group().translate(_DIGITS_AS_LETTERS), plain)
    return _SPACE.sub(" ", plain.replace("’", "'")).lower()


def unwrapped(text: str) -> list[str]:
    """Return what is written in the text as base64, where that is text."""
    pieces = []
    for found in list(_BASE64.finditer(text))[:WRAPPED_MAX]:
        code = found.group().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            said = base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        if said.isprintable() and " " in said:
            pieces.append(said)
    return pieces


def _in_one_script(found: re.Match[str]) -> str:
    """Return a word that mixes alphabets in the Latin one: nobody writes half of a word in each by accident."""
    word = found.group()
    return word.translate(_LOOK_ALIKE) if _LATIN.search(word) and _FOREIGN.search(word) else word
