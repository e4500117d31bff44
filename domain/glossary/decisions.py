"""What is allowed to be done with the glossary."""

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from domain.errors import Conflict, Invalid, NotFound
from domain.free_text import is_clean, is_clean_line
from domain.glossary.events import TermChanged, TermDefined, TermEvent, TermRetired
from domain.ids import TermId

TERM_CHARACTERS_MAX = 200
DEFINITION_CHARACTERS_MAX = 2_000
ALIASES_MAX = 20


class NoSuchTerm(NotFound):
    """There is no such term in the tenant's glossary."""

    code: ClassVar = "term.not_found"

    def __init__(self) -> None:
        super().__init__("The glossary has no such term.")


class TermRefused(Invalid):
    """A term, its definition or an alias cannot be used: empty, too long, too many, or not one line."""

    code: ClassVar = "term.refused"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field

    def facts(self) -> dict[str, object]:
        return {"field": self.field}


class TermAlreadyDefined(Conflict):
    """The glossary has a term of this name, whatever its capitals."""

    code: ClassVar = "term.already_defined"

    def __init__(self) -> None:
        super().__init__("The glossary has a term of this name already.")


def define(*, term_id: TermId, term: str, definition: str, aliases: Sequence[str]) -> Sequence[TermDefined]:
    """Take a term in; whether its name is free is decided in the same transaction by whoever keeps the names."""
    name = _line("term", term)
    return [
        TermDefined(term_id=term_id, term=name, definition=_text(definition), aliases=_accepted_aliases(name, aliases))
    ]


def change(
    past: Sequence[TermEvent], *, term_id: TermId, term: str, definition: str, aliases: Sequence[str]
) -> Sequence[TermChanged]:
    """Say it differently; the same again changes nothing."""
    now = require_defined(past)
    name = _line("term", term)
    accepted = TermChanged(
        term_id=term_id, term=name, definition=_text(definition), aliases=_accepted_aliases(name, aliases)
    )
    same = (now.term, now.definition, now.aliases) == (accepted.term, accepted.definition, accepted.aliases)
    return [] if same else [accepted]


def retire(past: Sequence[TermEvent], *, term_id: TermId) -> Sequence[TermRetired]:
    """Take a term out; retiring twice changes nothing."""
    if not past:
        raise NoSuchTerm
    return [] if isinstance(past[-1], TermRetired) else [TermRetired(term_id=term_id)]


def require_defined(past: Sequence[TermEvent]) -> TermDefined | TermChanged:
    """Return the term as it is; raise NoSuchTerm when nobody defined it or somebody retired it."""
    if not past or isinstance(past[-1], TermRetired):
        raise NoSuchTerm
    return past[-1]


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _line(field: str, raw: str) -> str:
    accepted = unicodedata.normalize("NFC", raw).strip()
    if not accepted or len(accepted) > TERM_CHARACTERS_MAX:
        raise TermRefused(field, f"A term or alias has 1 to {TERM_CHARACTERS_MAX} characters.")
    if not is_clean_line(accepted):
        raise TermRefused(field, "A term or alias is one line without control characters.")
    return accepted


def _text(raw: str) -> str:
    accepted = unicodedata.normalize("NFC", raw).strip()
    if not accepted or len(accepted) > DEFINITION_CHARACTERS_MAX:
        raise TermRefused("definition", f"A definition has 1 to {DEFINITION_CHARACTERS_MAX} characters.")
    if not is_clean(accepted):
        raise TermRefused("definition", "A definition has no control characters but line ends.")
    return accepted


def _accepted_aliases(term: str, aliases: Sequence[str]) -> tuple[str, ...]:
    if len(aliases) > ALIASES_MAX:
        raise TermRefused("aliases", f"A term has at most {ALIASES_MAX} aliases.")
    by_key = {name_key(accepted): accepted for accepted in (_line("aliases", alias) for alias in aliases)}
    by_key.pop(name_key(term), None)
    return tuple(by_key.values())
