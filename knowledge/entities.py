"""Which things a text names: glossary terms before dates, money and codes before proper nouns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from domain.ids import TenantId, TermId
from knowledge.words import STOP_WORDS, entity_key, sentences

NAME_CHARACTERS_MAX: Final = 200
_CONNECTORS: Final = frozenset({"of", "the", "de", "da", "van", "von", "der", "du", "la", "&"})
_ROLES: Final = frozenset({"CEO", "CTO", "CFO", "COO", "President", "Director", "Chairman"})
_LEGAL_FORM: Final = re.compile(r"\b(?:Inc|Ltd|LLC|GmbH|AG|PLC|Corp|Corporation|Company|University|Institute)\b\.?$")

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_PATTERNS: Final = (
    ("code", re.compile(r"\b[A-Z][A-Z0-9]{0,9}[-_/#]\d[\w-]{0,30}\b|\b[A-Z]{2,6}\d{2,}\w*\b")),
    ("date", re.compile(r"\b\d{4}-\d{2}-\d{2}\b")),
    ("date", re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTH})(?:,? \d{{4}})?\b")),
    ("date", re.compile(rf"\b(?:{_MONTH})(?: \d{{1,2}}(?:st|nd|rd|th)?\b,?)?(?: \d{{4}})\b")),
    ("date", re.compile(rf"\b(?:{_MONTH}) \d{{1,2}}\b")),
    ("date", re.compile(r"\b(?:Q[1-4] \d{4}|(?:1[5-9]|20)\d{2})\b")),
    (
        "money",
        re.compile(
            r"(?:[$€£¥] ?\d[\d,.]*\d|[$€£¥] ?\d|\b(?:USD|EUR|GBP|CHF|JPY) ?\d[\d,.]*)(?: (?:million|billion|[mMkK]))?\b"
            r"|\b\d[\d,.]* ?(?:USD|EUR|GBP|CHF|JPY|euros?|dollars?)\b"
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A glossary term with the other names it goes by."""

    term_id: TermId
    term: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A tenant's glossary as it was at a position of its log; the same two always mean the same terms."""

    tenant_id: TenantId
    position: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class TermFound:
    """A glossary term or an alias of it, where it stands."""

    start: int
    end: int
    term: str


class TextAnalyser(Protocol):
    """Finds tokens and the lexicon's phrases; CPU-bound, thread-safe, without a trained model."""

    @property
    def version(self) -> str: ...

    def analyse(self, text: str, lexicon: Lexicon) -> tuple[Sequence[Token], Sequence[TermFound]]: ...


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A thing, named there; `name` is what it is called, which an alias's text is not."""

    start: int
    end: int
    name: str
    kind: str

    @property
    def key(self) -> str:
        return entity_key(self.name)


def mentions_in(text: str, tokens: Sequence[Token], terms: Iterable[TermFound]) -> list[Mention]:
    """Return the mentions that do not overlap, in order; where two do, the surer one stays, then the longer."""
    ranked: list[tuple[int, Mention]] = [(0, Mention(t.start, t.end, t.term, "term")) for t in terms]
    for rank, (kind, pattern) in enumerate(_PATTERNS, start=1):
        ranked += [(rank, Mention(m.start(), m.end(), m.group(), kind)) for m in pattern.finditer(text)]
    ranked += [(99, mention) for mention in _proper_nouns(text, tokens)]
    kept: list[Mention] = []
    taken = bytearray(len(text))
    for _, mention in sorted(ranked, key=lambda r: (r[0], r[1].start - r[1].end, r[1].start)):
        if mention.key and len(mention.name) <= NAME_CHARACTERS_MAX and not any(taken[mention.start : mention.end]):
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            kept.append(mention)
    return sorted(kept)


def _proper_nouns(text: str, tokens: Sequence[Token]) -> Iterator[Mention]:
    starts = {_first_letter(text, start) for start, _ in sentences(text)}
    inside = {t.text for t in tokens if _is_capitalised(t.text) and t.start not in starts}
    for run in _capitalised_runs(text, tokens):
        while run and (run[0].text.casefold() in STOP_WORDS | _CONNECTORS or (run[0].text in _ROLES and len(run) > 1)):
            run = run[1:]  # noqa: PLW2901  # the rest of it is what is named
        if not run:
            continue
        alone = len(run) == 1
        if alone and (len(run[0].text) == 1 or run[0].text.casefold() in STOP_WORDS):
            continue
        if alone and run[0].start in starts and run[0].text not in inside and not _is_peculiar(run[0].text):
            continue  # the first word of a sentence is capitalised anyway
        name = text[run[0].start : run[-1].end]
        kind = "organisation" if _LEGAL_FORM.search(name) else "name"
        yield Mention(run[0].start, run[-1].end, " ".join(name.split()), kind)


def _capitalised_runs(text: str, tokens: Sequence[Token]) -> Iterator[list[Token]]:
    run: list[Token] = []
    bridge: list[Token] = []
    for token in tokens:
        if run and "\n" in text[run[-1].end : token.start]:
            yield run
            run, bridge = [], []
        if _is_capitalised(token.text):
            run, bridge = [*run, *bridge, token], []
        elif run and (token.text.casefold() in _CONNECTORS or token.text in {"-", "'s", "’s"}) and len(bridge) < 2:  # noqa: PLR2004, RUF001  # "of the"
            bridge.append(token)
        elif run:
            yield run
            run, bridge = [], []
    if run:
        yield run


def _is_capitalised(token: str) -> bool:
    return token[0].isupper() and any(c.isalpha() for c in token)


def _is_peculiar(token: str) -> bool:
    """Tell a name by its form: ACME, iPhone's cousin McLaren, R2D2."""
    return any(c.isupper() or c.isdigit() for c in token[1:])


def _first_letter(text: str, start: int) -> int:
    while start < len(text) and not text[start].isalnum():
        start += 1
    return start
