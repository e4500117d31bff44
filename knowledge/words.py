"""Words, sentences and names: how text is counted, cut and compared."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|\n+")  # noqa: RUF001  # full-width marks end sentences too
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")  # noqa: RUF001  # an apostrophe is often typeset
_ABBREVIATED = re.compile(r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Prof|Inc|Ltd|Co|Corp|No|vs|etc|e\.g|i\.e|approx))\.$")

TOKENS_PER_WORD = 1.35

_COMMON = (
    "a about above after again all also am an and any are as at be because been before being below between "
    "both but by can could did do does doing down during each few for from further had has have having he her "
    "here hers him his how i if in into is it its itself just me more most my no nor not now of off on once "
    "only or other our out over own same she should so some such than that the their them then there these "
    "they this those through to too under until up very was we were what when where which while who whom whose "
    "why will with would you your "
)
STOP_WORDS = frozenset(_COMMON.split())


def words(text: str) -> list[str]:
    """Return the words of a text, as they are written."""
    return _WORD.findall(text)


def searched_words(question: str, *, words_max: int) -> list[str]:
    """Return the words to look for: each once, without those that every text has, unless there are no others."""
    every = list(dict.fromkeys(word.casefold() for word in words(question)))
    telling = [word for word in every if word not in STOP_WORDS]
    return (telling or every)[:words_max]


def count_tokens(text: str) -> int:
    """Estimate, rather too high than too low, how many tokens a model makes of a text."""
    return max(int(len(text.split()) * TOKENS_PER_WORD), len(text) // 6) + 1


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence stands; lines end them too."""
    return [(start, end) for start, end in _joined(text, list(_pieces(text))) if text[start:end].strip()]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _SENTENCE_END.finditer(text):
        if text[start : found.start()].strip():
            yield start, found.start() + len(found.group().rstrip())
        start = found.end()
    if text[start:].strip():
        yield start, len(text)


def _joined(text: str, pieces: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Undo the cuts after abbreviations."""
    pending: tuple[int, int] | None = None
    for start, end in pieces:
        begun = pending[0] if pending else start
        if _ABBREVIATED.search(text[max(begun, end - 12) : end]) and "\n" not in text[end : end + 1]:
            pending = (begun, end)
            continue
        pending = None
        yield begun, end
    if pending:
        yield pending


_ARTICLES = frozenset({"the", "a", "an"})
_LEGAL_FORMS = frozenset({"inc", "ltd", "llc", "gmbh", "ag", "plc", "corp", "co", "sa", "bv", "nv", "kg", "oy", "ab"})


def entity_key(name: str) -> str:
    """Return what the spellings of one name have in common: no capitals, articles, legal forms or possessives."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("’", "'")  # noqa: RUF001  # typeset apostrophe
    parts = [part.removesuffix("'s").strip(".,;:!?\"'()[]") for part in folded.split()]
    parts = [part for part in parts if part]
    while len(parts) > 1 and parts[0] in _ARTICLES:
        parts = parts[1:]
    while len(parts) > 1 and parts[-1] in _LEGAL_FORMS:
        parts = parts[:-1]
    return " ".join(parts)


def title_keys(title: str) -> tuple[str, ...]:
    """Return the keys under which a document's title is mentioned: as it stands, and without what is in brackets."""
    bare = re.sub(r"\s*\([^)]*\)\s*$", "", title)
    return tuple(key for key in dict.fromkeys((entity_key(title), entity_key(bare))) if key)
