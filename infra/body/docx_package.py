"""A DOCX file as it came, made harmless: bounded, without document types, and only what its text needs."""

# mammoth reads with minidom, which expands entities and keeps everything in memory; so nothing reaches it that was
# not parsed here first, with a parser that stops at a document type and at every bound.

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from commands.bodies import ContentRefused

FILE_BYTES_MAX: Final = 20_000_000
PARTS_MAX: Final = 2_000
PART_BYTES_MAX: Final = 20_000_000
PACKAGE_BYTES_MAX: Final = 40_000_000
ELEMENTS_MAX: Final = 200_000
DEPTH_LEVELS_MAX: Final = 100
IMAGE_BYTES_MAX: Final = 2_000_000

_XML_PART: Final = re.compile(r"\[Content_Types\]\.xml|(?:_rels/|word/)[A-Za-z0-9_./-]*(?:\.xml|\.rels)", re.ASCII)
_IMAGE_PART: Final = re.compile(r"word/[A-Za-z0-9_./-]+\.(?:png|jpe?g|gif|webp|avif)", re.ASCII | re.IGNORECASE)
_IMAGE_BEGINNINGS: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\0\0\0")

Parts = dict[str, bytes]


class DocxUnreadable(ContentRefused):
    """The file is no DOCX, or one that is larger or deeper than Colophon reads."""

    def __init__(self, reason: str = "The file is not a DOCX document that can be read.") -> None:
        super().__init__(reason)


def open_package(content: bytes) -> tuple[Parts, Mapping[str, ET.Element]]:
    """Return the parts that reading needs, and those of them that are XML as trees."""
    if len(content) > FILE_BYTES_MAX:
        raise DocxUnreadable(f"A DOCX file has at most {FILE_BYTES_MAX} bytes.")
    try:
        with ZipFile(io.BytesIO(content)) as package:
            parts = dict(_parts(package))
    except (BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, OSError):
        raise DocxUnreadable from None
    elements = _Count()
    trees = {name: _parsed(part, elements) for name, part in parts.items() if _XML_PART.fullmatch(name)}
    if "word/document.xml" not in trees:
        raise DocxUnreadable
    return parts, trees


def packed(parts: Parts) -> io.BytesIO:
    packed_file = io.BytesIO()
    with ZipFile(packed_file, "w", ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    packed_file.seek(0)
    return packed_file


def _parts(package: ZipFile) -> Iterator[tuple[str, bytes]]:
    """Declared sizes are what is read at most: zipfile stops there and refuses what is longer."""
    entries = {entry.filename: entry for entry in package.infolist()}
    if len(package.infolist()) > PARTS_MAX or sum(entry.file_size for entry in entries.values()) > PACKAGE_BYTES_MAX:
        raise DocxUnreadable("The DOCX file holds more than Colophon reads.")
    for name, entry in entries.items():
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise DocxUnreadable
        if _XML_PART.fullmatch(name):
            yield name, _read(package, entry, PART_BYTES_MAX)
        elif _IMAGE_PART.fullmatch(name) and entry.file_size <= IMAGE_BYTES_MAX:
            part = _read(package, entry, IMAGE_BYTES_MAX)
            if part.startswith(_IMAGE_BEGINNINGS):
                yield name, part


def _read(package: ZipFile, entry: ZipInfo, bytes_max: int) -> bytes:
    if entry.file_size > bytes_max:
        raise DocxUnreadable(f"A part of the DOCX file has more than {bytes_max} bytes.")
    return package.read(entry)


class _Count:
    def __init__(self) -> None:
        self.elements = 0


class _Bounded(ET.TreeBuilder):
    """Builds a tree of limited size; a document type, which alone can bring entities, ends it."""

    def __init__(self, count: _Count) -> None:
        super().__init__()
        self._count = count
        self._depth = 0

    def doctype(self, *_: str | None) -> None:
        raise DocxUnreadable("The DOCX file declares a document type.")

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._depth += 1
        self._count.elements += 1
        if self._depth > DEPTH_LEVELS_MAX or self._count.elements > ELEMENTS_MAX:
            raise DocxUnreadable("The DOCX file is larger or deeper than Colophon reads.")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def _parsed(part: bytes, count: _Count) -> ET.Element:
    parser = ET.XMLParser(target=_Bounded(count))  # noqa: S314 - bounded, and without entities
    try:
        parser.feed(part)
        root: ET.Element = parser.close()
    except (ET.ParseError, ValueError, LookupError):
        raise DocxUnreadable from None
    return root
