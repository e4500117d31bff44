"""What can be said about a text with the text's own sentences: pure, deterministic, and without a model."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*", re.UNICODE)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[\"'(\[]?[A-Z0-9\u00c0-\u00de])|\n+")
_STOP: Final = frozenset(
    """
    a about after all also an and any are as at be been but by can could did do does for from had has have he her
    his how i if in into is it its may more most must no not of on or our she should so some such than that the
    their them then there these they this those to up us was we were what when where which who why will with would
    you your
    """.split()  # noqa: SIM905  # reads better than ninety quoted words
)
_FILLERS: Final = (
    (re.compile(r"\bin order to\b", re.IGNORECASE), "to"),
    (re.compile(r"\bdue to the fact that\b", re.IGNORECASE), "because"),
    (re.compile(r"\bat this point in time\b", re.IGNORECASE), "now"),
    (re.compile(r"\ba large number of\b", re.IGNORECASE), "many"),
    (re.compile(r"\bin the event that\b", re.IGNORECASE), "if"),
    (re.compile(r"\b(?:very|really|quite|basically|actually|simply) ", re.IGNORECASE), ""),
    (re.compile(r"(?<=\S)[ \t]{2,}"), " "),
)
_FACT: Final = re.compile(
    r"\d{1,4}(?:[.,]\d+)*\s?(?:%|EUR|USD|GBP|euros?|dollars?|days?|hours?|minutes?|weeks?|months?|years?)"
    r"|[€$£]\s?\d[\d.,]*|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)(?: \d{4})?\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """`source` is the index of the text it stands in, `place` its number there."""

    text: str
    source: int
    place: int


def sentences(texts: Sequence[str]) -> list[Sentence]:
    """Cut texts into sentences; headings, list marks and table rules of Markdown are not content."""
    found = []
    for source, text in enumerate(texts):
        pieces = (re.sub(r"^[#>*\-+|\s\d.]*(?:\[[ x]\]\s*)?", "", raw).strip() for raw in _SENTENCE_END.split(text))
        found += [Sentence(piece, source, place) for place, piece in enumerate(pieces) if len(_words(piece)) > 2]  # noqa: PLR2004  # fewer say nothing
    return found


def answering(question: str, texts: Sequence[str], *, sentences_max: int) -> list[Sentence]:
    """Return the sentences that share most with the question, rare words first, in the order of the texts."""
    asked = _content_words(question)
    candidates = sentences(texts)
    if not asked or not candidates:
        return []
    rarity = _rarity([_content_words(s.text) for s in candidates])
    scored = [(sum(rarity[w] for w in _content_words(s.text) & asked), s) for s in candidates]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].source, pair[1].place))
    return sorted((s for _, s in best[:sentences_max]), key=lambda s: (s.source, s.place))


def coverage(question: str, texts: Sequence[str]) -> float:
    """Return which share of the question's words the texts have at all: how sure an extract can be."""
    asked = _content_words(question)
    if not asked:
        return 0.0
    present = set[str]().union(*(_content_words(text) for text in texts))
    return len(asked & present) / len(asked)


def central(text: str, *, sentences_max: int) -> list[Sentence]:
    """Return the sentences whose words are the text's own most frequent ones (Luhn 1958), in their order."""
    candidates = sentences([text])
    frequency = Counter(word for s in candidates for word in _content_words(s.text))

    def weight(sentence: Sentence) -> float:
        words = _content_words(sentence.text)
        return sum(frequency[word] for word in words) / math.sqrt(len(words)) if words else 0.0

    best = sorted(candidates, key=lambda s: (-weight(s), s.place))[:sentences_max]
    return sorted(best, key=lambda s: s.place)


def tightened(text: str) -> str:
    """Return the text without filler words; nothing else of it changes."""
    for pattern, replacement in _FILLERS:
        text = pattern.sub(replacement, text)
    return text


def facts(text: str, wanted: str, *, facts_max: int) -> list[str]:
    """Return the sentences with dates, amounts or durations, those that speak of what is wanted first."""
    asked = _content_words(wanted)
    having = [s for s in sentences([text]) if _FACT.search(s.text)]
    having.sort(key=lambda s: (-len(_content_words(s.text) & asked), s.place))
    return [s.text for s in having[:facts_max]]


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _content_words(text: str) -> set[str]:
    return {_stem(word) for word in _words(text) if word not in _STOP}


def _stem(word: str) -> str:
    """Return the word without an English plural's end: "deadlines" and "deadline" are one."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word  # noqa: PLR2004


def _rarity(texts: Sequence[set[str]]) -> dict[str, float]:
    occurrences = Counter(word for words in texts for word in words)
    return {word: math.log(1 + len(texts) / count) for word, count in occurrences.items()}
