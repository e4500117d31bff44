"""Addresses, accounts and secrets that look alike in every country."""

import ipaddress
import re
from typing import Final

from gateway.masking import Finding
from gateway.personal import checksums

_EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%'-]{0,63}[\w+%-]@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])")
_SPELT_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} ?[\[({] ?at ?[\])}] ?[\w-]{1,63}(?: ?(?:[\[({] ?dot ?[\])}]|\.) ?[\w-]{2,63}){1,4}",
    re.IGNORECASE,
)
_SPELT_AT: Final = r"[\[({] ?at ?[\])}]"
_URL: Final = re.compile(r"(?<![\w.+-])[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,100}:[^\s/@]{1,200}@[^\s<>\"')\]]{1,500}")
_SECRET: Final = re.compile(
    r"(?<![\w-])(?:sk-[\w-]{16,200}|gh[pousr]_\w{20,100}|github_pat_\w{20,100}|xox[abprs]-[\w-]{10,200}"
    r"|A(?:KI|SI)A[A-Z0-9]{16}|AIza[\w-]{30,50}|glpat-[\w-]{16,60}"
    r"|eyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]{8,1000})(?![\w-])"
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]{1,8000}?-----END [A-Z ]{0,20}PRIVATE KEY-----"
    r"|(?<=[?&])(?:access_token|api_?key|token|password|secret|sig)=[^\s&#<>\"']{6,500}"
)
_CARD: Final = re.compile(r"(?<![\w+])(?<!\d[.,-])\d(?:[ \u00a0-]?\d){12,18}(?!\w|[.,-]\d)")
# Looked ahead for, so that what stands before an account in capitals and digits does not swallow its beginning.
_IBAN: Final = re.compile(r"(?<!\w)(?=([A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}))", re.IGNORECASE)
_IPV4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?!\w|\.\d)")
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9A-F]{0,4}(?::[0-9A-F]{0,4}){2,7}(?:%\w{1,15})?(?![\w:])", re.IGNORECASE)
_WALLET: Final = re.compile(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)")
# What has the form of an address but numbers a thing: "version 1.4.2.7", "section 10.2.3.1".
_NUMBERED_THING: Final = re.compile(
    r"(?<!\w)(?:v|ver\.?|versions?|release|build|firmware|sections?|abschnitt|kapitel|chapter|clause|§|wersj\w|wersja"
    r"|rozdzia\w{1,2}"
    r"|верс\w{1,3}|розділ\w{0,2}|пункт\w{0,2}|section|chapitre|versi[oó]ne?|secci[oó]n|cap[ií]tulo|sezione"
    r"|capitolo)[ \u00a0]?$",
    re.IGNORECASE,
)


def find(text: str) -> list[Finding]:
    """Return addresses, accounts and secrets, wherever they stand."""
    found = [*_ips(text), *_cards(text), *_ibans(text)]
    for sign, pattern in (("@", _EMAIL), (_SPELT_AT, _SPELT_EMAIL)):
        if re.search(sign, text, re.IGNORECASE):
            found += [Finding("EMAIL", *match.span()) for match in pattern.finditer(text)]
    if "://" in text:
        found += [Finding("URL", *match.span()) for match in _URL.finditer(text)]
    for kind, pattern in (("SECRET", _SECRET), ("WALLET", _WALLET)):
        found += [Finding(kind, *match.span()) for match in pattern.finditer(text)]
    return found


def _cards(text: str) -> list[Finding]:
    return [Finding("CARD", *m.span()) for m in _CARD.finditer(text) if checksums.card(m.group())]


def _ibans(text: str) -> list[Finding]:
    """What follows an account in capitals is not part of it: each country's have one length."""
    found = []
    for match in _IBAN.finditer(text):
        left = checksums.iban_length(match.group(1)[:2])
        end = match.start()
        while left and end < match.end(1):
            left -= text[end].isalnum()
            end += 1
        if not left and end > match.start() and checksums.iban(text[match.start() : end]):
            found.append(Finding("IBAN", match.start(), end))
    return found


def _ips(text: str) -> list[Finding]:
    found = []
    for match in _IPV4.finditer(text):
        address, _, _ = match.group().partition("/")
        before = text[max(0, match.start() - 12) : match.start()]
        if all(int(part) < 256 for part in address.split(".")) and not _NUMBERED_THING.search(before):  # noqa: PLR2004
            found.append(Finding("IP", *match.span()))
    for match in _IPV6.finditer(text):
        try:
            ipaddress.IPv6Address(match.group().partition("%")[0])
        except ValueError:
            continue
        if any(character.isdigit() for character in match.group()):
            found.append(Finding("IP", *match.span()))
    return found
