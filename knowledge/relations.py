"""What a text says of the things that it names: by structure, definitions and patterns that are seldom wrong."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from knowledge.chunks import Chunk
from knowledge.entities import NAME_CHARACTERS_MAX, Mention
from knowledge.words import entity_key, sentences

PREDICATE_CHARACTERS_MAX: Final = 60

_ROLES = (
    "chief executive officer|chief executive|chief technology officer|chief financial officer|ceo|cto|cfo|founder|"
    "director|president|chair|chairman|head|manager|owner|author|capital|member|editor"
)
_BE = r"(?:is|was|are|were)"
# What stands between two mentions, the relation it tells, whether it is read backwards, and how sure it is.
_BETWEEN: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), predicate, backwards, confidence)
    for pattern, predicate, backwards, confidence in (
        (rf"(?: {_BE}|,) (?:the |an? )?(?:current |former )?(?P<role>{_ROLES}) (?:of|at)(?: the)?", "", False, 0.9),
        (r" (?:co-)?founded(?: the)?", "founded", False, 0.9),
        (rf" {_BE} (?:co-)?founded by", "founded", True, 0.9),
        (r" (?:acquired|bought|took over)(?: the)?", "acquired", False, 0.9),
        (rf" {_BE} (?:acquired|bought|taken over) by", "acquired", True, 0.9),
        (rf" {_BE} (?:located|based|situated|headquartered) in(?: the)?", "located in", False, 0.9),
        (rf" (?:{_BE} part of|belongs to|{_BE} a (?:subsidiary|division|unit) of)(?: the)?", "part of", False, 0.9),
        (r" reports to", "reports to", False, 0.95),
        (r" works (?:for|at|with)", "works for", False, 0.9),
        (r" (?:manages|leads|runs)(?: the)?", "manages", False, 0.85),
        (rf" {_BE} (?:managed|led|run) by", "manages", True, 0.85),
        (r" owns(?: the)?", "owns", False, 0.9),
        (rf" {_BE} owned by", "owns", True, 0.9),
        (rf" {_BE} responsible for(?: the)?", "responsible for", False, 0.9),
        (r" (?:depends on|requires|relies on)(?: the)?", "depends on", False, 0.85),
        (r" (?:replaces|supersedes)(?: the)?", "replaces", False, 0.9),
        (rf" {_BE} (?:written|directed|produced|developed|designed|created|published) by", "made by", False, 0.9),
        (rf" {_BE} born (?:in|on|at)", "born", False, 0.95),
        (r" died (?:in|on|at)", "died", False, 0.95),
        (rf" (?:{_BE} )?married(?: to)?", "married to", False, 0.85),
        (r" (?:expires|ends|takes effect|is due|starts|begins) (?:on|in|by)", "dated", False, 0.85),
    )
)
_NOUNS = r"(?P<what>[a-z][\w-]*(?: [a-z][\w-]*){0,4}?)"
_IS_A: Final = re.compile(rf" {_BE} an? {_NOUNS}(?=[.,;:]| (?:of|in|on|for|that|which|who|by|with|from|and|at)\b|$)")
_MEANS: Final = re.compile(r" (?:means|refers to|is defined as|stands for) (?P<what>[^.;\n]{3,150}?)(?=[.;\n]|$)")
_SUCH_AS: Final = re.compile(r"\b(?P<what>[a-z][\w-]*(?: [a-z][\w-]*)?),? (?:such as|including|like) $")
_AND_OTHER: Final = re.compile(r",? (?:and|or) other (?P<what>[a-z][\w-]*(?: [a-z][\w-]*s)?)\b")
_ENUMERATED: Final = re.compile(r"(?:,| and| or|, and|, or) (?:the )?")


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """What is said, and where: the span is its evidence. Subject and object are mentions of the same text."""

    start: int
    end: int
    subject: Mention
    predicate: str
    object: Mention
    confidence: float


def relations_in(chunk: Chunk, mentions: Sequence[Mention]) -> list[Relation]:
    """Return each relation once, in order; what a relation names is a mention, those that it alone names too."""
    found = [*_of_headings(chunk), *_of_tables(chunk)]
    for start, end in sentences(chunk.text):
        inside = [m for m in mentions if start <= m.start and m.end <= end]
        found += _of_sentence(chunk.text, end, inside)
    distinct = {(r.start, r.end, r.subject.key, r.predicate, r.object.key): r for r in found if _is_sound(r)}
    return sorted(distinct.values())


def _is_sound(relation: Relation) -> bool:
    subject, thing = relation.subject.key, relation.object.key
    return bool(subject and thing and subject != thing and relation.predicate)


def _of_headings(chunk: Chunk) -> Iterator[Relation]:
    """Tell a section from what it is a section of."""
    for start, end in chunk.headings:
        title = " ".join(chunk.text[start:end].split())
        if title not in chunk.path:
            continue
        place = len(chunk.path) - 1 - chunk.path[::-1].index(title)
        if place:
            parent = Mention(start, end, chunk.path[place - 1][:NAME_CHARACTERS_MAX], "topic")
            yield Relation(start, end, parent, "has section", _topic(start, end, title), 0.95)


def _of_tables(chunk: Chunk) -> Iterator[Relation]:
    """Tell a row's first cell from what its other cells say of it; without headings, the section from its row."""
    if not chunk.rows:
        return
    first, *rest = chunk.rows
    if all(cell.is_header for cell in first):
        for row in rest:
            for header, cell in zip(first[1:], row[1:], strict=False):
                yield _row(chunk, (row[0].start, row[0].end), (header.start, header.end), (cell.start, cell.end))
    elif chunk.path:
        for row in chunk.rows:
            if len(row) == 2:  # noqa: PLR2004  # a key and its value
                key, value = row
                subject = Mention(key.start, value.end, chunk.path[-1][:NAME_CHARACTERS_MAX], "topic")
                thing = _topic(value.start, value.end, chunk.text[value.start : value.end])
                predicate = _predicate(chunk.text[key.start : key.end])
                yield Relation(key.start, value.end, subject, predicate, thing, 0.9)


def _row(chunk: Chunk, subject: tuple[int, int], header: tuple[int, int], value: tuple[int, int]) -> Relation:
    return Relation(
        subject[0],
        value[1],
        _topic(*subject, chunk.text[slice(*subject)]),
        _predicate(chunk.text[slice(*header)]),
        _topic(*value, chunk.text[slice(*value)]),
        0.95,
    )


def _of_sentence(text: str, end: int, inside: Sequence[Mention]) -> Iterator[Relation]:
    for left, right in pairwise(inside):
        between = re.sub(r"\s+", " ", text[left.end : right.start]).removesuffix(" ")
        for pattern, predicate, backwards, confidence in _BETWEEN:
            if found := pattern.fullmatch(between):
                told = predicate or f"{found['role'].casefold()} of"
                subject, thing = (right, left) if backwards else (left, right)
                yield Relation(left.start, right.end, subject, told, thing, confidence)
    for mention in inside:
        rest = text[mention.end : end]
        for pattern, predicate, confidence in ((_IS_A, "is a", 0.85), (_MEANS, "means", 0.9)):
            if found := pattern.match(rest):
                start = mention.end + found.start("what")
                thing = _concept(start, mention.end + found.end("what"), found["what"])
                yield Relation(mention.start, thing.end, mention, predicate, thing, confidence)
    yield from _of_lists(text, inside)


def _of_lists(text: str, inside: Sequence[Mention]) -> Iterator[Relation]:
    """Read "kinds such as A, B and C" and "A, B and other kinds"."""
    for index, mention in enumerate(inside):
        before = text[max(0, mention.start - 80) : mention.start]
        if found := _SUCH_AS.search(before):
            offset = mention.start - len(before)
            kind = _concept(offset + found.start("what"), offset + found.end("what"), found["what"])
            for one in _enumerated(text, inside[index:]):
                yield Relation(kind.start, one.end, one, "is a", kind, 0.8)
        if found := _AND_OTHER.match(text, mention.end):
            kind = _concept(found.start("what"), found.end("what"), found["what"])
            for one in _enumerated(text, inside[: index + 1][::-1]):
                yield Relation(one.start, kind.end, one, "is a", kind, 0.8)


def _enumerated(text: str, run: Sequence[Mention]) -> Iterator[Mention]:
    yield run[0]
    for one, following in pairwise(run):
        left, right = sorted((one, following))
        if not _ENUMERATED.fullmatch(text[left.end : right.start]):
            return
        yield following


def _topic(start: int, end: int, name: str) -> Mention:
    return Mention(start, end, " ".join(name.split())[:NAME_CHARACTERS_MAX], "topic")


def _concept(start: int, end: int, name: str) -> Mention:
    return Mention(start, end, " ".join(name.split())[:NAME_CHARACTERS_MAX], "concept")


def _predicate(text: str) -> str:
    return entity_key(text)[:PREDICATE_CHARACTERS_MAX]
