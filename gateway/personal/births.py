"""Dates of birth: a date counts only where words say whose it is."""

import re
from typing import Final

from gateway.masking import Finding

_WORDS: Final = (
    r"born(?: on)?|date of birth|birth\s?date|birthday|d\.?o\.?b\.?|geboren(?: am)?|geburts(?:datum|tag)|geb\."
    r"|urodz(?:ony|ona|eni\w{1,2})"
    r"|ur\.|дата народження|народи\w{1,4}|народжен\w{1,4}|д\.\s?н\.|день народження|née?(?: le)?|nee? le"
    r"|date de naissance|naissance"
    r"|fecha de nacimiento|nacid[oa](?: el)?|naci[oó](?: el)?|nat[oa](?: il)?|data di nascita|data urodzenia"
)
_MONTHS: Final = (
    r"jan\w{0,6}|feb\w{0,6}|mar\w{0,5}|apr\w{0,5}|may|mai|maj\w?|jun\w{0,6}|jul\w{0,6}|aug\w{0,5}|sep\w{0,7}"
    r"|oct\w{0,5}|okt\w{0,5}"
    r"|nov\w{0,7}|dec\w{0,6}|dez\w{0,6}|m[äa]rz|janv\w{0,4}|f[ée]v\w{0,5}|avr\w{0,3}|juin|juil\w{0,4}|ao[ûu]t"
    r"|d[ée]c\w{0,6}|enero|abril|mayo"
    r"|agosto|dic\w{0,7}|gen\w{0,5}|giugno|lug\w{0,4}|sett\w{0,6}|ott\w{0,5}|mag\w{0,4}|stycz\w{0,4}|lut\w{0,5}"
    r"|kwie\w{0,6}|czerw\w{0,4}|lip\w{0,4}"
    r"|sierp\w{0,4}|wrze\w{0,5}|pa[źz]dz\w{0,8}|list\w{0,6}|grud\w{0,5}|січ\w{0,3}|лют\w{0,4}|берез\w{0,3}"
    r"|квіт\w{0,3}|трав\w{0,3}|черв\w{0,3}"
    r"|лип\w{0,3}|серп\w{0,3}|верес\w{0,4}|жовт\w{0,3}|листопад\w{0,2}|груд\w{0,3}"
)
_DATE: Final = (
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}} ?[-/.] ?\d{{1,2}} ?[-/.] ?(?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º|°)?\.? (?:of |de )?(?:{_MONTHS})\.?,? (?:de |del )?\d{{4}}"
    rf"|(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
)
_BORN: Final = re.compile(
    rf"(?<!\w)(?:{_WORDS})[^\w\n]{{0,4}}(?:[^\W\d]{{1,20}}[^\w\n]{{1,4}}){{0,4}}?(?P<value>{_DATE})(?!\w)",
    re.IGNORECASE,
)
_LONG: Final = re.compile(
    rf"(?<!\w)(?P<value>{_DATE})[^\w\n]{{0,3}}(?:\({_WORDS}\)|is (?:his|her|my) birthday)", re.IGNORECASE
)


def find(text: str) -> list[Finding]:
    """Return dates of birth."""
    found = [*_BORN.finditer(text), *_LONG.finditer(text)]
    return [Finding("BIRTH_DATE", *match.span("value")) for match in found]
