"""Which list each paragraph of a DOCX file belongs to, which mammoth does not tell: noted in the file as bookmarks."""

import re
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT_WORD: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_NOTE: Final = re.compile(r"colophon-list (-?\d{1,9}) (\d{1,9}) (\w{1,40})", re.ASCII)
_TYPES: Final = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}


class ListNote(NamedTuple):
    """The number of a list in its file, where its level begins to count, and the type of its numbers."""

    number: int
    start: int
    type: str | None


def note_lists(document: ET.Element, numbering: ET.Element | None) -> None:
    """Begin every numbered paragraph with a bookmark whose name tells its list."""
    word = _STRICT_WORD if document.tag.startswith(_STRICT_WORD) else WORD
    levels = _Levels(numbering, word)
    for paragraph in document.iter(f"{word}p"):
        properties = paragraph.find(f"{word}pPr/{word}numPr")
        if properties is None:
            continue
        number, level = _value(properties, "numId", word), _value(properties, "ilvl", word) or "0"
        start, kind = levels.of(number, level)
        bookmark = ET.Element(f"{word}bookmarkStart", {f"{word}name": f"colophon-list {number} {start} {kind}"})
        paragraph.insert(1, bookmark)


def read_note(bookmark: str) -> ListNote | None:
    found = _NOTE.fullmatch(bookmark)
    return ListNote(int(found[1]), int(found[2]), _TYPES.get(found[3])) if found else None


class _Levels:
    """Where each level of each list begins and how it counts; a file's lists share patterns, so each is read once."""

    def __init__(self, numbering: ET.Element | None, word: str) -> None:
        self._patterns: dict[tuple[str | None, str | None], tuple[str, str]] = {}
        self._pattern_of: dict[str | None, str | None] = {}
        self._starts: dict[tuple[str | None, str | None], str] = {}
        for pattern in numbering.iter(f"{word}abstractNum") if numbering is not None else ():
            for level in pattern.iter(f"{word}lvl"):
                key = pattern.get(f"{word}abstractNumId"), level.get(f"{word}ilvl")
                self._patterns[key] = (_value(level, "start", word) or "1", _value(level, "numFmt", word) or "decimal")
        for listed in numbering.iter(f"{word}num") if numbering is not None else ():
            number = listed.get(f"{word}numId")
            self._pattern_of[number] = _value(listed, "abstractNumId", word)
            for override in listed.iter(f"{word}lvlOverride"):
                if (start := _value(override, "startOverride", word)) is not None:
                    self._starts[number, override.get(f"{word}ilvl")] = start

    def of(self, number: str | None, level: str) -> tuple[str, str]:
        start, kind = self._patterns.get((self._pattern_of.get(number), level), ("1", "decimal"))
        return self._starts.get((number, level), start), kind


def only_names(styles: ET.Element) -> None:
    """Leave of each style what mammoth asks for; how they look is most of a small file."""
    styles[:] = [style for style in styles if style.tag.endswith("}style")]
    for style in styles:
        style[:] = [child for child in style if child.tag.endswith(("}name", "}pPr"))]


def nested_fields(document: ET.Element) -> int:
    """Return how many complex fields are open at once: mammoth takes time that grows with it."""
    most = now = 0
    for tag in (f"{WORD}fldChar", f"{_STRICT_WORD}fldChar"):
        for mark in document.iter(tag):
            kind = mark.get(tag.replace("fldChar", "fldCharType"))
            now = max(0, now + (kind == "begin") - (kind == "end"))
            most = max(most, now)
    return most


def _value(parent: ET.Element, name: str, word: str) -> str | None:
    child = parent.find(f"{word}{name}")
    return child.get(f"{word}val") if child is not None else None
