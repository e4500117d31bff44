"""Links of an answer that are not what they seem; whoever reads is told, and bodies drop what would be executed."""

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from gateway.screening.plain_form import HIDDEN

LINKS_MAX: Final = 200
_LINK: Final = re.compile(
    r"(?:\]\(\s{0,3}<?|href\s{0,3}=\s{0,3}[\"']?|(?<!\w))"
    r"((?:[a-z][a-z0-9+.-]{1,15}:)(?://)?[^\s<>\"')\]]{1,2000})",
    re.IGNORECASE,
)
# Whoever only looks at a page fetches its images: what stands in such an address is told to a stranger.
_REMOTE_IMAGE: Final = re.compile(
    r"!\[[^\]\n]{0,200}\]\(\s{0,3}<?(?:https?:)?//|<img\s[^>]{0,300}?src\s{0,3}=\s{0,3}[\"']?(?:https?:)?//",
    re.IGNORECASE,
)
_EXECUTED: Final = frozenset({"javascript", "vbscript", "data", "blob", "file"})
_WEB: Final = frozenset({"http", "https", "ftp", "ws", "wss"})


def odd_links(text: str) -> tuple[str, ...]:
    """Return what is odd: links that are executed, hold passwords or pass for others, remote images, hidden text."""
    found = (
        oddity for number, link in enumerate(_LINK.finditer(text)) if number < LINKS_MAX for oddity in _odd(link[1])
    )
    more = {"remote_image"} if _REMOTE_IMAGE.search(text) else set()
    more |= {"hidden_text"} if HIDDEN.search(text) else set()
    return tuple(sorted({*found, *more}))


def _odd(link: str) -> list[str]:
    scheme, _, rest = link.partition(":")
    if scheme.lower() in _EXECUTED:
        # In running text "data: four weeks" is no link; what follows such a scheme in a link is never a space.
        return ["executed"] if rest else []
    if scheme.lower() not in _WEB:
        return []
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return ["malformed"]
    odd = ["credentials"] if parts.username or parts.password else []
    if any(label.startswith("xn--") for label in host.split(".")):
        odd.append("punycode")
    if any(_is_mixed(label) for label in host.split(".")):
        odd.append("look_alike")
    return odd


def _is_mixed(label: str) -> bool:
    """Tell a name whose letters come from several alphabets,."""
    scripts = {unicodedata.name(character, " ").split()[0] for character in label if character.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1
