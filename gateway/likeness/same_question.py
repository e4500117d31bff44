"""Whether two questions ask the same: the same words, in the same order, but for those that say nothing."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from gateway.likeness.languages import LANGUAGES, Language

QUESTION_CHARACTERS_MAX = 600
"""A longer one says more than can be compared by its words."""
STEM_CHARACTERS_MIN: Final = 3
_WORD: Final = re.compile(r"\d+(?:[.,:/\-]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|[%€$£§+]")
_CONTRACTED: Final = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(what|when|where|who|how|there|it|that)'s\b"), r"\1 is"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"\be-mail"), "email"),
)
_ABBREVIATED: Final = re.compile(r"\b[^\W\d_a-z]*[A-Z][A-Z0-9]+\b|\b[^\W\d_]*\d[\w-]*[^\W\d_]\w*\b")


@dataclass(frozen=True, slots=True)
class _Read:
    """`words` are those that count; `begins_place` tells of each whether what begins a phrase stood before it."""

    words: tuple[str, ...]
    begins_place: tuple[bool, ...]


def why_another(one: str, other: str) -> str:
    """
    Return what makes two questions two; empty when they ask the same.

    Wrong only on the side of two: any word that is not known to say nothing counts, and so does its place.
    """
    if max(len(one), len(other)) > QUESTION_CHARACTERS_MAX:
        return "length"
    if sorted(_abbreviations(one)) != sorted(_abbreviations(other)):
        return "names"
    plain, plain_other = _plain(one), _plain(other)
    name = _language_of(plain)
    if name != _language_of(plain_other):
        return "language"
    return _difference(_read(plain, LANGUAGES[name]), _read(plain_other, LANGUAGES[name]), LANGUAGES[name])


def _difference(one: _Read, other: _Read, language: Language) -> str:
    if not one.words or not other.words:
        return "words"
    moved = _phrase_moved(one, other, language) or _phrase_moved(other, one, language)
    if moved or _alike(one.words, other.words, language):
        return ""
    if [word for word in one.words if word[0].isdigit()] != [word for word in other.words if word[0].isdigit()]:
        return "figures"
    return "order" if sorted(one.words) == sorted(other.words) else "words"


def _abbreviations(text: str) -> list[str]:
    """Return what is a name by its letters: IT is not it, and A4 is not A5; a text in capitals has none."""
    letters = [character for character in text if character.isalpha()]
    if letters and all(letter.isupper() for letter in letters):
        return []
    return [str(found) for found in _ABBREVIATED.findall(text)]


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    # Casefolding is for comparing: the sharp s is written as it was.
    plain = plain if "ß" not in text else unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
    for form, written_out in _CONTRACTED:
        plain = form.sub(written_out, plain)
    return " ".join(plain.split()).strip(" ?!.")


def _language_of(plain: str) -> str:
    words = _WORD.findall(plain)

    def known(name: str) -> int:
        language = LANGUAGES[name]
        return sum(word in language.empty or word in language.marks for word in words)

    return max(LANGUAGES, key=known)


def _read(plain: str, language: Language) -> _Read:
    words: list[str] = []
    begins: list[bool] = []
    place = False
    for word in _WORD.findall(language.polite.sub(" ", plain)):
        for part in word.split("'") if word not in language.empty else ():
            if part and part not in language.empty:
                words.append(part)
                begins.append(place)
                place = False
        place = place or word in language.places
    return _Read(tuple(words), tuple(begins))


def _alike(words: tuple[str, ...], others: tuple[str, ...], language: Language) -> bool:
    return len(words) == len(others) and all(
        _one_word(word, other, language) for word, other in zip(words, others, strict=True)
    )


def _one_word(word: str, other: str, language: Language) -> bool:
    """Tell whether two words differ by nothing but the endings of their language."""
    if word == other:
        return True
    shared = 0
    while shared < min(len(word), len(other)) and word[shared] == other[shared]:
        shared += 1
    return any(
        word[stem:] in language.endings and other[stem:] in language.endings
        for stem in range(STEM_CHARACTERS_MIN, shared + 1)
    )


def _phrase_moved(one: _Read, other: _Read, language: Language) -> bool:
    """Tell whether the last phrase of one, one that says where or for whom, stands first in the other."""
    return any(
        one.begins_place[start]
        and other.begins_place[0]
        and _alike((*one.words[start:], *one.words[:start]), other.words, language)
        for start in range(1, len(one.words))
    )
