"""Where in an update its texts stand, and the names of its elements."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.yjs.content import STRING
from domain.yjs.limits import UpdateLimits
from domain.yjs.update import ContentSpan, UpdateReader


class TextSpan(NamedTuple):
    """Where in an update the text of one struct stands, its length included."""

    client: int
    clock: int
    byte_start: int
    byte_end: int


def text_spans(update: bytes, limits: UpdateLimits) -> Sequence[TextSpan]:
    """Return where the texts of an update stand, in the order of its bytes."""
    return _texts(content_spans(update, limits))


def text_and_name_spans(update: bytes, limits: UpdateLimits) -> tuple[Sequence[TextSpan], Sequence[TextSpan]]:
    """Return where the texts of an update stand, and where the names of its XML elements do."""
    spans = content_spans(update, limits)
    names = [TextSpan(s.client, s.clock, s.name_start, s.byte_end) for s in spans if s.name_start is not None]
    return _texts(spans), names


def content_spans(update: bytes, limits: UpdateLimits) -> Sequence[ContentSpan]:
    """Return where the contents of an update stand; an id of none is not among them."""
    return UpdateReader(update, limits).read_spans()


def _texts(spans: Iterable[ContentSpan]) -> list[TextSpan]:
    return [TextSpan(s.client, s.clock, s.byte_start, s.byte_end) for s in spans if s.kind == STRING]
