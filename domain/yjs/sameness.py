"""Tells whether an update says something else than a document does under the same ids."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from struct import iter_unpack
from typing import Final

from domain.yjs.content import DELETED, STRING
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.reader import Malformed, Reader
from domain.yjs.spans import content_spans
from domain.yjs.update import ContentSpan

_UNIT_BYTES: Final = 2
_REPLACEMENT: Final = 0xFFFD
_SURROGATES: Final = range(0xD800, 0xE000)


def contradicts(updates: Sequence[bytes], stored: bytes) -> bool:
    """
    Compare updates with a part of a document that holds their ids: kinds of content, and texts unit by unit.

    What is deleted, there or here, is gone and tells nothing.
    """
    document = _Stored(stored)
    return any(document.differs(update) for update in updates)


class _Stored:
    def __init__(self, state: bytes) -> None:
        self._state = state
        self._spans: dict[int, list[ContentSpan]] = {}
        for span in content_spans(state, OWN_STATE_LIMITS):
            self._spans.setdefault(span.client, []).append(span)
        self._texts: dict[ContentSpan, bytes] = {}

    def differs(self, update: bytes) -> bool:
        return any(
            self._differs(update, span) for span in content_spans(update, OWN_STATE_LIMITS) if span.kind != DELETED
        )

    def _differs(self, update: bytes, span: ContentSpan) -> bool:
        spans = self._spans.get(span.client, [])
        first = bisect_right(spans, span.clock, key=attrgetter("clock_end"))
        text: bytes | None = None
        for stored in spans[first : bisect_right(spans, span.clock_end - 1, key=attrgetter("clock"))]:
            if stored.kind == DELETED:
                continue
            if stored.kind != span.kind:
                return True
            if span.kind == STRING:
                text = _units(update, span) if text is None else text
                start, end = max(span.clock, stored.clock), min(span.clock_end, stored.clock_end)
                if _unlike(_part(text, span, start, end), _part(self._text(stored), stored, start, end)):
                    return True
        return False

    def _text(self, span: ContentSpan) -> bytes:
        if span not in self._texts:
            self._texts[span] = _units(self._state, span)
        return self._texts[span]


def _units(update: bytes, span: ContentSpan) -> bytes:
    return Reader(update[span.byte_start : span.byte_end], Malformed).string().encode("utf-16-le")


def _part(text: bytes, span: ContentSpan, start: int, end: int) -> bytes:
    return text[_UNIT_BYTES * (start - span.clock) : _UNIT_BYTES * (end - span.clock)]


def _unlike(one: bytes, other: bytes) -> bool:
    return one != other and any(
        a != b and not _is_half_of_the_other(a, b)
        for (a,), (b,) in zip(iter_unpack("<H", one), iter_unpack("<H", other), strict=True)
    )


def _is_half_of_the_other(a: int, b: int) -> bool:
    """Yjs writes two replacement characters for a pair of surrogates that it has split, each in place of a half."""
    return (a == _REPLACEMENT and b in _SURROGATES) or (b == _REPLACEMENT and a in _SURROGATES)
