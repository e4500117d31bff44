"""A passage that something rests on, kept with it: the text and where exactly it stands."""

import re
from dataclasses import dataclass
from typing import Final

from domain.ids import DocumentId

_MARK: Final = re.compile(r"[ \t]*\[S(\d{1,4})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """
    The source [S<number>]: `quote` stands in that revision exactly there.

    `position` is the log position of the revision, blocks are half-open, `start` and `end` are code points of its
    plain text, `sha256` is the hex digest of the quote.
    """

    number: int
    document_id: DocumentId
    title: str
    heading: str
    position: int
    block_from: int
    block_to: int
    start: int
    end: int
    sha256: str
    quote: str


def without_marks(text: str, *, sources: int, former: str = "") -> str:
    """Return the text without the marks of its sources, or of ones that it made up; `former` wording keeps its own."""

    def kept(mark: re.Match[str]) -> str:
        is_source = 1 <= int(mark.group(1)) <= sources
        return mark.group() if not is_source and mark.group().strip() in former else ""

    return _MARK.sub(kept, text)
