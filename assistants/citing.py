"""What an answer rests on: which of the given passages it cites, word for word, and what it says without any."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.conversation.events import Citation
from gateway.passages import Passage

_MARK: Final = re.compile(r"\[S(\d{1,4})\]")
_SENTENCE: Final = re.compile(r"[^\n]*?(?:[.!?](?:[ \t]*\[S\d{1,4}\])*(?=\s|$)|(?=\n)|$)")
_WORD: Final = re.compile(r"\w")
_LEADING: Final = re.compile(r"^[\s>*\-+#\d.]*")
NO_SUCH_SOURCE: Final = "[no such source]"
QUOTE_CHARACTERS_MIN = 12


@dataclass(frozen=True, slots=True)
class Cited:
    """An answer with its sources checked; `uncited` are the code points of sentences that name no source."""

    text: str
    sources: tuple[Citation, ...]
    uncited: tuple[tuple[int, int], ...]


def cited(text: str, passages: Sequence[Passage]) -> Cited:
    """Check an answer against the passages that it was given: marks of sources that there are not are replaced."""
    text = _MARK.sub(lambda mark: mark.group() if 1 <= int(mark.group(1)) <= len(passages) else NO_SUCH_SOURCE, text)
    saying: dict[int, str] = {}
    uncited = []
    for start, end in sentences(text):
        sentence = text[start:end]
        numbers = [int(mark) for mark in _MARK.findall(sentence)]
        if not numbers:
            uncited.append((start, end))
        for number in numbers:
            saying.setdefault(number, _LEADING.sub("", _MARK.sub("", sentence)).strip())
    sources = tuple(_citation(number, passage, saying.get(number)) for number, passage in enumerate(passages, start=1))
    return Cited(text, sources, tuple(uncited))


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence with a word in it begins and ends; marks that follow its full stop belong to it."""
    for match in _SENTENCE.finditer(text):
        if _WORD.search(_MARK.sub("", match.group())):
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            yield start, match.end()


def marks(sentence: str) -> list[int]:
    """Return the numbers of the sources that a sentence names."""
    return [int(number) for number in _MARK.findall(sentence)]


def _citation(number: int, passage: Passage, saying: str | None) -> Citation:
    """Quote what the sentence says when it stands in the passage word for word, else the whole passage."""
    at = passage.text.find(saying) if saying and len(saying) >= QUOTE_CHARACTERS_MIN else -1
    offset, quote = (at, saying) if at >= 0 and saying else (0, passage.text)
    exact = len(passage.text) == passage.end - passage.start
    return Citation(
        number=number,
        cited=saying is not None,
        document_id=passage.document_id,
        title=passage.title,
        heading=passage.heading,
        position=passage.position,
        block_from=passage.block_from,
        block_to=passage.block_to,
        start=passage.start + offset if exact else passage.start,
        end=passage.start + offset + len(quote) if exact else passage.end,
        sha256=hashlib.sha256(quote.encode()).hexdigest() if exact else passage.sha256,
        quote=quote if exact else passage.text,
    )
