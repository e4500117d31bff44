"""What can happen to a term of the glossary."""

from dataclasses import dataclass

from domain.ids import TermId
from domain.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class TermDefined(Sealed):
    term_id: TermId
    term: str
    definition: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermChanged(Sealed):
    """The whole term as it is from now on."""

    term_id: TermId
    term: str
    definition: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRetired(Sealed):
    term_id: TermId


TermEvent = TermDefined | TermChanged | TermRetired
