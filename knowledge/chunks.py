"""Cut a document into chunks: runs of whole blocks under one heading; a pure function of the document's state."""

import hashlib
import hmac
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from domain.ids import DocumentId
from knowledge.blocks import Block, Cell, PlainDocument
from knowledge.words import sentences

WORDS_MIN, WORDS_MAX = 120, 200
CHARACTERS_MAX = 2_000
BLOCKS_MAX = 50
HEADING_CHARACTERS_MAX = 300
_ALONE = frozenset({"table", "codeBlock"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """
    A passage: `text` is the document's plain text from `start` to `end`, in the half-open range of top-level blocks.

    `headings` and `rows` (the cells of a table) are places in the chunk's own text.
    """

    chunk_id: UUID
    ordinal: int
    heading: str
    path: tuple[str, ...]
    block_from: int
    block_to: int
    start: int
    end: int
    text: str
    kind: str
    headings: tuple[tuple[int, int], ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def chunks_of(document_id: DocumentId, document: PlainDocument, *, key: bytes) -> list[Chunk]:
    """
    Return the chunks in order.

    An id is a keyed hash of the document, what the chunk says and under which headings, and its number among equal
    ones; so it is the same however the document came to say it.
    """
    made: list[Chunk] = []
    equals: Counter[bytes] = Counter()
    for run in _runs(document):
        for start, end in _spans(document.text, run.blocks):
            text = document.text[start:end]
            content = "\0".join((*run.path, text)).encode()
            digest = hashlib.sha256(content).digest()
            made.append(_chunk(document_id, run, (start, end), text, digest, equals[digest], len(made), key))
            equals[digest] += 1
    return made


@dataclass(frozen=True, slots=True)
class _Run:
    blocks: tuple[Block, ...]
    path: tuple[str, ...]


def _chunk(
    document_id: DocumentId,
    run: _Run,
    span: tuple[int, int],
    text: str,
    digest: bytes,
    twin: int,
    ordinal: int,
    key: bytes,
) -> Chunk:
    seal = hmac.new(key, document_id.bytes + digest + twin.to_bytes(4, "big"), hashlib.sha256).digest()
    first, last, start = run.blocks[0], run.blocks[-1], span[0]
    table = next((block for block in run.blocks if block.rows), None)
    rows = tuple(
        tuple(Cell(start=c.start - start, end=c.end - start, is_header=c.is_header) for c in row)
        for row in (table.rows if table else ())
        if row and span[0] <= row[0].start and row[-1].end <= span[1]
    )
    headings = tuple(
        (block.start - start, block.end - start)
        for block in run.blocks
        if block.kind == "heading" and start <= block.start < block.end <= span[1]
    )
    return Chunk(
        chunk_id=UUID(bytes=seal[:16], version=4),
        ordinal=ordinal,
        heading=" > ".join(run.path)[:HEADING_CHARACTERS_MAX],
        path=run.path,
        block_from=first.index,
        block_to=last.index + 1,
        start=span[0],
        end=span[1],
        text=text,
        kind=last.kind if last.kind in _ALONE else "text",
        headings=headings,
        rows=rows,
    )


def _runs(document: PlainDocument) -> Iterator[_Run]:
    headings: list[tuple[int, str]] = []
    run: list[Block] = []
    path: tuple[str, ...] = ()
    for block in document.blocks:
        is_heading = block.kind == "heading"
        if run and (_closed(document, run, block) or (is_heading and any(b.kind != "heading" for b in run))):
            yield _Run(tuple(run), path)
            run = []
        if is_heading:
            title = " ".join(document.text[block.start : block.end].split())
            headings = [(level, text) for level, text in headings if level < block.level]
            headings += [(block.level, title)] if title else []
            path = tuple(text for _, text in headings)
        run.append(block)
    if run:
        yield _Run(tuple(run), path)


def _closed(document: PlainDocument, run: Sequence[Block], following: Block) -> bool:
    """Tell whether a run ends before the block that follows; where it may, its own last words decide."""
    if following.kind in _ALONE or run[-1].kind in _ALONE:
        return any(block.kind != "heading" for block in run)
    if len(run) >= BLOCKS_MAX:
        return True
    words = _words(document, run)
    if words + _words(document, [following]) > WORDS_MAX:
        return any(block.kind != "heading" for block in run)
    # Not the count alone: then one more block at the top would move every boundary after it.
    last = document.text[run[-1].start : run[-1].end]
    return words >= WORDS_MIN and zlib.crc32(last.encode()) % 2 == 0


def _words(document: PlainDocument, blocks: Sequence[Block]) -> int:
    return sum(len(document.text[block.start : block.end].split()) for block in blocks)


def _spans(text: str, run: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Give the run's span; cut it where it is longer than a passage can be, at the ends of sentences and lines."""
    start, end = run[0].start, run[-1].end
    if not text[start:end].strip():
        return
    if _fits(text[start:end]):
        yield start, end
        return
    begun = start
    stops = [*(start + stop for _, stop in sentences(text[start:end])), end]
    for stop, following in pairwise([*dict.fromkeys(stops), end + 1]):
        while not _fits(text[begun:stop]):
            cut = _cut(text, begun)
            yield begun, cut
            begun = cut
        if following > end or not _fits(text[begun:following]):
            if text[begun:stop].strip():
                yield begun, stop
            begun = stop


def _fits(text: str) -> bool:
    return len(text) <= CHARACTERS_MAX and len(text.split()) <= WORDS_MAX


def _cut(text: str, start: int) -> int:
    """Return where to cut a sentence that is longer than a passage: after a word, or anywhere when it is one word."""
    place = 0
    for words, match_end in enumerate(_word_ends(text, start), start=1):
        if match_end - start > CHARACTERS_MAX or words > WORDS_MAX:
            break
        place = match_end
    return place or start + CHARACTERS_MAX


def _word_ends(text: str, start: int) -> Iterator[int]:
    inside = False
    for place in range(start, min(len(text), start + CHARACTERS_MAX + 1)):
        if text[place].isspace():
            if inside:
                yield place
            inside = False
        else:
            inside = True
