"""What is known of a chunk: a pure function of its text, its place under headings and the glossary."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from knowledge.chunks import Chunk
from knowledge.entities import Lexicon, Mention, TextAnalyser, mentions_in
from knowledge.relations import relations_in

RULES_VERSION = "rules-1"
"""Bump it when the same text gives other mentions or relations: every document is then read again."""


@dataclass(frozen=True, slots=True, order=True)
class MentionRow:
    start: int
    end: int
    entity_id: UUID
    name: str
    kind: str


@dataclass(frozen=True, slots=True, order=True)
class EvidenceRow:
    start: int
    end: int
    subject_id: UUID
    predicate: str
    object_id: UUID
    confidence: float


@dataclass(frozen=True, slots=True)
class Extraction:
    mentions: Sequence[MentionRow]
    evidence: Sequence[EvidenceRow]


@dataclass(frozen=True, slots=True)
class Extractor:
    """The analyser's tokens and phrases, and our rules over them."""

    analyser: TextAnalyser

    @property
    def version(self) -> str:
        return f"{self.analyser.version}+{RULES_VERSION}"

    def extract(self, chunk: Chunk, lexicon: Lexicon, *, key: bytes) -> Extraction:
        """Read one chunk; CPU-bound."""
        tokens, terms = self.analyser.analyse(chunk.text, lexicon)
        mentions = mentions_in(chunk.text, tokens, terms)
        relations = relations_in(chunk, mentions)
        named = {m for r in relations for m in (r.subject, r.object)}
        rows = {_row(mention, key) for mention in {*mentions, *named}}
        # One row for each place and thing; the kind that was found first in the alphabet, whatever the order was.
        distinct = {(row.start, row.end, row.entity_id): row for row in sorted(rows, reverse=True)}
        evidence = {
            (r.start, r.end, r.subject.key, r.predicate, r.object.key): EvidenceRow(
                r.start,
                r.end,
                entity_id_of(r.subject.key, key),
                r.predicate,
                entity_id_of(r.object.key, key),
                r.confidence,
            )
            for r in relations
        }
        return Extraction(sorted(distinct.values()), sorted(evidence.values()))


def entity_id_of(entity_key: str, key: bytes) -> UUID:
    """Return the id of whatever goes by this name in the tenant whose key it is."""
    return UUID(bytes=hmac.new(key, b"entity\0" + entity_key.encode(), hashlib.sha256).digest()[:16], version=4)


def _row(mention: Mention, key: bytes) -> MentionRow:
    return MentionRow(mention.start, mention.end, entity_id_of(mention.key, key), mention.name, mention.kind)
