"""Tokens and glossary phrases by spaCy's blank English pipeline: rules only, no trained model."""

import threading
from collections.abc import Sequence

import spacy
import spacy.about
from cachetools import LRUCache
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans

from domain.ids import TenantId
from knowledge.entities import Lexicon, Term, TermFound, Token

MATCHERS_MAX = 32


class SpacyText:
    """Implements knowledge.entities.TextAnalyser; each tenant's terms live in a vocabulary of their own."""

    version = f"spacy-{spacy.about.__version__}"

    def __init__(self) -> None:
        self._matchers: LRUCache[tuple[TenantId, int] | None, _Matcher] = LRUCache(MATCHERS_MAX)
        self._lock = threading.Lock()

    def analyse(self, text: str, lexicon: Lexicon) -> tuple[Sequence[Token], Sequence[TermFound]]:
        with self._lock:
            # A pipeline takes a tenth of a second to make: whoever has no terms shares one.
            place = (lexicon.tenant_id, lexicon.position) if lexicon.terms else None
            matcher = self._matchers.get(place)
            if matcher is None:
                matcher = self._matchers[place] = _Matcher(lexicon.terms)
            return matcher.analyse(text)


class _Matcher:
    def __init__(self, terms: Sequence[Term]) -> None:
        self._language: Language = spacy.blank("en")
        self._phrases = PhraseMatcher(self._language.vocab, attr="LOWER")
        self._terms: dict[str, str] = {}
        for number, term in enumerate(terms):
            # Patterns are text, whatever characters a term has: nothing in them is an expression.
            self._terms[str(number)] = term.term
            self._phrases.add(str(number), [self._language.make_doc(name) for name in (term.term, *term.aliases)])

    def analyse(self, text: str) -> tuple[Sequence[Token], Sequence[TermFound]]:
        # Without the zone the vocabulary would remember every word that anybody ever wrote.
        with self._language.memory_zone():
            document = self._language.make_doc(text)
            tokens = [Token(t.idx, t.idx + len(t), t.text) for t in document if not t.is_space]
            spans = filter_spans(self._phrases(document, as_spans=True))
            found = [
                TermFound(span.start_char, span.end_char, self._terms[self._language.vocab.strings[span.label]])
                for span in spans
            ]
        return tokens, found
