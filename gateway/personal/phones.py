"""Telephone numbers: international ones by their plus, national ones by their form or by the words before them."""

import re
from typing import Final

from gateway.masking import Finding

_GROUPED: Final = r"(?:[ \u00a0./-]?\(?\d\)?|[ \u00a0]?[-/][ \u00a0]?\d|\) ?\d)"
_INTERNATIONAL: Final = re.compile(rf"(?<![\w+])(?:\+ ?|00(?=[1-9]))[1-9]{_GROUPED}{{6,15}}(?!\w|[.,]\d)")
_NATIONAL: Final = re.compile(rf"(?<![\w+,])(?<!\d[.,/-])\(?\d{_GROUPED}{{6,12}}(?!\w|[.,/-]\d)")
_NATIONAL_DIGITS: Final = {
    1: 10, 7: 10, 30: 10, 31: 9, 32: 9, 33: 9, 34: 9, 36: 9, 40: 9, 41: 9, 44: 10, 45: 8, 46: 9, 47: 8,
    48: 9, 61: 9, 81: 10, 86: 11, 91: 10, 351: 9, 353: 9, 370: 8, 371: 8, 372: 8, 373: 8, 375: 9,
    380: 9, 381: 9, 385: 9, 386: 8, 420: 9, 421: 9,
}  # fmt: skip
"""How many digits follow the codes of countries at most; where it is not told, 15 are all that a number has."""
_DIGITS_MIN, _DIGITS_MAX = 7, 15
_WORDS: Final = re.compile(
    r"(?<!\w)(?:tel(?:ephone|efono|efonas|efon\w{0,5}|[ée]fono)?|phone|mobile?|cell|call(?:s|ed|ing)?|ring|dial"
    r"|whats\s?app|sms|text me"
    r"|fax|signal|telegram|viber|handy\w{0,7}|mobil\w{0,9}|ruf\w{0,8}|anruf\w{0,3}|erreichbar|kom[oó]r\w{0,6}"
    r"|zadzwo\w{1,4}|dzwoni\w{0,3}"
    r"|тел(?:ефон\w{0,4})?|моб(?:ільн\w{1,4})?|дзвон\w{0,6}|подзвон\w{0,5}|зателефон\w{0,6}|наберіть|portable"
    r"|t[ée]l[ée]?(?:phone)?"
    r"|appel\w{0,4}|joign\w{0,6}|m[oó]vil|llam\w{0,5}|cellulare|chiam\w{0,4}|numer[oi]? di telefono)(?!\w)",
    re.IGNORECASE,
)
_OTHER_NUMBERS: Final = re.compile(
    r"(?<!\w)(?:orders?|invoices?|articles?|items?|tickets?|refs?|reference|serial|isbn|ean|gtin|parts?|case"
    r"|account|id|no|batch|sku"
    r"|bestell\w{0,8}|rechnung\w{0,8}|artikel\w{0,8}|auftrag\w{0,8}|kunden\w{0,8}|serien\w{0,8}|charge\w{0,7}"
    r"|vorgang\w{0,8}"
    r"|zam[óo]wieni\w{0,3}|faktur\w{0,3}|artykuł\w{0,2}|zlecen\w{0,3}|numer seryjn\w{0,3}|parti[ai]"
    r"|замовлен\w{0,4}|рахун\w{0,4}"
    r"|артикул\w{0,3}|серійн\w{0,4}|накладн\w{0,3}|commande|facture|article|dossier|s[ée]rie|lot|pedido|factura"
    r"|art[íi]culo|expediente"
    r"|serie|lote|ordine|fattura|articolo|pratica|lotto|doi|arxiv|section|figure|table|tabelle|\$|€|£|usd|eur|gbp"
    r"|pln|uah)"
    r"[^\w\n]{0,4}(?:(?:nr|no|num|number|nummer|numer|numero|número|номер|n[°º])[^\w\n]{0,3})?$",
    re.IGNORECASE,
)
_NEAR_CHARACTERS: Final = 40
"""Before a number, in which a word still announces it."""
_DATE: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?: .*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?: .*)?")


def find(text: str) -> list[Finding]:
    """Return telephone numbers of the forms known here, and of any country after a plus."""
    ends = ((match.start(), _international_end(match)) for match in _INTERNATIONAL.finditer(text))
    found = [Finding("PHONE", start, stop) for start, stop in ends if stop is not None]
    end = 0
    abroad = iter([*found, Finding("", len(text), len(text))])
    taken = next(abroad)
    for match in _NATIONAL.finditer(text):
        while taken.end <= match.start():
            taken = next(abroad, Finding("", len(text), len(text) + 1))
        line = text.rfind("\n", 0, match.start()) + 1
        before = text[max(end, line, match.start() - _NEAR_CHARACTERS) : match.start()]
        end = match.end()
        if not taken.start <= match.start() and _is_national(match.group(), before):
            found.append(Finding("PHONE", *match.span()))
    return found


def _international_end(match: re.Match[str]) -> int | None:
    """Return where the number ends: what follows it may be digits, too."""
    places = [place for place in range(match.start(), match.end()) if match.string[place].isdigit()]
    number = "".join(match.string[place] for place in places).removeprefix("00")
    places = places[-len(number) :]
    code = next((length for length in (3, 2, 1) if int(number[:length]) in _NATIONAL_DIGITS), 0)
    wanted = code + _NATIONAL_DIGITS[int(number[:code])] if code else _DIGITS_MAX
    trunk = re.search(r"\(0\)", match.group()) is not None
    return places[min(len(places), wanted + trunk) - 1] + 1 if len(number) > _DIGITS_MIN else None


def _is_national(said: str, before: str) -> bool:
    count = sum(character.isdigit() for character in said)
    if not _DIGITS_MIN <= count <= _DIGITS_MAX - 2 or _DATE.fullmatch(said) or _OTHER_NUMBERS.search(before):
        return False
    if _WORDS.search(before):
        return True
    if re.fullmatch(r"\(?[2-9]\d{2}(?:\) ?|[-. ])\d{3}[-. ]\d{4}", said):
        return True
    trunk = re.match(r"\(?0[1-9]", said) is not None
    return trunk and count >= _DIGITS_MIN + 2 and re.search(r"[ \u00a0/()-]", said) is not None
