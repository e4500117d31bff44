"""Tokens and glossary phrases by spaCy's blank English pipeline: rules only, no trained model."""

import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import spacy.about
from cachetools import LRUCache
from spacy.lang.en import English
from spacy.language import create_tokenizer
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans
from spacy.vocab import create_vocab

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
            # A vocabulary takes a tenth of a second to make: whoever has no terms shares one.
            place = (lexicon.tenant_id, lexicon.position) if lexicon.terms else None
            matcher = self._matchers.get(place)
            if matcher is None:
                matcher = self._matchers[place] = _Matcher(lexicon.terms)
            return matcher.analyse(text)


class _Matcher:
    def __init__(self, terms: Sequence[Term]) -> None:
        # What spacy.blank("en") is made of, without its search through the plug-ins of every installed package.
        self._vocabulary = create_vocab("en", English.Defaults)
        parts: Any = SimpleNamespace(vocab=self._vocabulary, Defaults=English.Defaults)
        self._tokenizer = create_tokenizer()(parts)
        self._phrases = PhraseMatcher(self._vocabulary, attr="LOWER")
        self._terms: dict[str, str] = {}
        for number, term in enumerate(terms):
            # Patterns are text, whatever characters a term has: nothing in them is an expression.
            self._terms[str(number)] = term.term
            self._phrases.add(str(number), [self._tokenizer(name) for name in (term.term, *term.aliases)])

    def analyse(self, text: str) -> tuple[Sequence[Token], Sequence[TermFound]]:
        # Without the zone the vocabulary would remember every word that anybody ever wrote.
        with self._vocabulary.memory_zone():
            document = self._tokenizer(text)
            tokens = [Token(t.idx, t.idx + len(t), t.text) for t in document if not t.is_space]
            spans = filter_spans(self._phrases(document, as_spans=True))
            found = [
                TermFound(span.start_char, span.end_char, self._terms[self._vocabulary.strings[span.label]])
                for span in spans
            ]
        return tokens, found
