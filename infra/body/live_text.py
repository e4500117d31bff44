"""One live XmlText: the places of code points in it, its text and marks changed where they differ."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Any

from pycrdt import XmlText

from domain.alignment import Effort
from domain.document.words import WordChange, word_changes
from infra.body.tree import Text
from infra.body.yjs_in import marks_of
from infra.body.yjs_out import formats


def rewrite_text(text: XmlText, runs: Sequence[Text], effort: Effort) -> None:
    """Make it read as these runs: only the words and the marks that differ are touched."""
    before, after = plain_text(text), "".join(run.text for run in runs)
    changes = word_changes(before, after, effort) if before != after else []
    if changes is None:
        changes = [WordChange(0, len(before), 0, len(after))]
    live: Any = text
    bytes_at = byte_offsets(before)
    for start, end, new_start, new_end in reversed(changes):
        del live[bytes_at[start] : bytes_at[end]]
        if new_end > new_start:
            live.insert(bytes_at[start], after[new_start:new_end], {})
    _format_as(text, runs)


def plain_text(text: XmlText) -> str:
    """Return the text, with one character for each embedded object, which is one in the CRDT too."""
    return "".join(run if isinstance(run, str) else "\0" for run, _ in text.diff())


def byte_offsets(text: str) -> list[int]:
    """Return for each code point, and for the end, where yrs counts it."""
    return [0, *accumulate(len(character.encode()) for character in text)]


def _format_as(text: XmlText, runs: Sequence[Text]) -> None:
    live: Any = text
    bytes_at = byte_offsets(plain_text(text))
    wanted = [run for run in runs for _ in run.text]
    has = [raw for run, raw in text.diff() for _ in (run if isinstance(run, str) else " ")]
    for start, end, raw, run in _stretches(has, wanted):
        if marks_of(raw or {}) != run.marks:
            gone: dict[str, Any] = dict.fromkeys(raw or {})
            live.format(bytes_at[start], bytes_at[end], gone | formats(run))


def _stretches(
    has: Sequence[Mapping[str, Any] | None], wanted: Sequence[Text]
) -> Iterator[tuple[int, int, Mapping[str, Any] | None, Text]]:
    """Yield the ranges of code points within which neither the one nor the other changes."""
    end = 0
    pairs = zip(has, wanted, strict=True)
    for _, stretch in groupby(pairs, lambda pair: (id(pair[0]), id(pair[1]))):
        members = list(stretch)
        start, end = end, end + len(members)
        yield start, end, *members[0]
