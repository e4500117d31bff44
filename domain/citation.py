"""A passage that something rests on, kept with it: the text and where exactly it stands."""

from dataclasses import dataclass

from domain.ids import DocumentId


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
