"""Numbers that a state gives a person: their form, their check digits, and the words that announce them."""

import re
from dataclasses import dataclass
from typing import Final

from gateway.masking import Finding
from gateway.personal import checksums

_GLUE: Final = r"[^\w\n]{0,4}(?:\w{1,20}[^\w\n]{1,4}){0,3}?"
"""What may stand between a word and the value that it announces: a colon, "of the customer is", a number sign."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind's form; what `value` matches counts when the check agrees."""

    kind: str
    pattern: re.Pattern[str]
    check: checksums.Check | None = None

    def find(self, text: str) -> list[Finding]:
        return [
            Finding(self.kind, *found.span("value"))
            for found in self.pattern.finditer(text)
            if self.check is None or self.check(found.group("value"))
        ]


def formed(kind: str, value: str, check: checksums.Check | None = None) -> Rule:
    """Return the rule of a kind that its form gives away."""
    return Rule(kind, re.compile(rf"(?<![\w+])(?<!\d[.,/-])(?P<value>{value})(?!\w|[.,/-]\d)", re.IGNORECASE), check)


def announced(kind: str, words: str, value: str, check: checksums.Check | None = None) -> Rule:
    """Return the rule of a kind that only the words before it give away."""
    return Rule(kind, re.compile(rf"(?<!\w)(?:{words}){_GLUE}(?P<value>{value})(?!\w)", re.IGNORECASE), check)


_PASSPORT: Final = (
    r"passports?|(?:reise)?pass(?:nummer|nr\.?)|reisepass|paszport\w{0,3}|паспорт\w{0,3}|passeport|pasaporte|passaporto"
)
_ID_CARD: Final = (
    r"identity card|id card|personalausweis(?:nummer)?|ausweis(?:nummer|nr\.?)|dow[oó]d\w{0,3}(?: osobist\w{1,3})?"
    r"|посвідчення особи|carte d.identit[ée]|carta d.identit[àa]|documento de identidad"
)
_LICENCE: Final = (
    r"driv(?:ing|er.?s?) licen[cs]e|f[üu]hrerschein(?:nummer|nr\.?)?|praw[oa] jazdy|посвідчення водія"
    r"|водійськ\w{1,3} (?:прав\w{0,3}|посвідчення)|permis de conduire|carn[eé]t? de conducir|permiso de conducir"
    r"|patente(?: di guida)?"
)
_DOCUMENT: Final = r"[A-ZА-ЯІЇЄ]{2,3} ?\d{6,7}|(?=(?:[A-ZА-ЯІЇЄ]{0,4}\d){2})[A-ZА-ЯІЇЄ0-9]{6,12}"
_LICENCE_VALUE: Final = r"[A-ZА-ЯІЇЄ]{2,3} \d{6}|(?=\S{0,6}\d)[A-ZА-ЯІЇЄ0-9]{2,18}(?:[/-][A-Z0-9]{2,8}){0,3}"

NATIONAL: Final = (
    formed("PESEL", r"\d{11}", checksums.pesel),
    formed("STEUER_ID", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", checksums.steuer_id),
    formed("NIP", r"(?:PL ?)?\d{3}-\d{3}-\d{2}-\d{2}|(?:PL ?)?\d{3}-\d{2}-\d{2}-\d{3}|PL ?\d{10}", checksums.nip),
    announced("NIP", r"nip", r"\d{10}|\d{3}[ -]\d{3}[ -]\d{2}[ -]\d{2}", checksums.nip),
    formed("SSN", r"\d{3}-\d{2}-\d{4}", checksums.ssn),
    announced("SSN", r"ssn|social security(?: number)?", r"\d{3}[ -]?\d{2}[ -]?\d{4}", checksums.ssn),
    formed("NIF", r"(?:\d{8}|\d{2}\.\d{3}\.\d{3}|[XYZ][ -]?\d{7})[ -]?[A-Z]", checksums.nif),
    formed(
        "CODICE_FISCALE",
        r"[A-Z]{6} ?\d{2} ?[ABCDEHLMPRST] ?\d{2} ?[A-Z]\d{3} ?[A-Z]"
        r"|[A-Z]{3} [A-Z]{3} \d{2}[ABCDEHLMPRST]\d{2} [A-Z]\d{3}[A-Z]",
        checksums.codice_fiscale,
    ),
    announced(
        "RNOKPP",
        r"рнокпп|іпн|рнокпп/іпн|ідентифікаційн\w{1,3}(?: (?:номер\w{0,2}|код\w{0,2}))?"
        r"|податков\w{1,3} номер\w{0,2}|rnokpp",
        r"\d{10}",
        checksums.rnokpp,
    ),
    formed("NIR", r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", checksums.nir),
    formed("NINO", r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]"),
    announced("NHS", r"nhs(?: number| no\.?)?", r"\d{3}[ -]?\d{3}[ -]?\d{4}", checksums.nhs),
    announced("ID_CARD", _ID_CARD, _DOCUMENT),
    formed("ID_CARD", r"(?-i:[A-Z]{3}) ?\d{6}", checksums.id_card_pl),
    announced("PASSPORT", _PASSPORT, _DOCUMENT),
    announced("LICENCE", _LICENCE, _LICENCE_VALUE),
)
