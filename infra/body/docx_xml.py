"""Elements of WordprocessingML, and what a DOCX file keeps beside its text: styles, numbering, links, images."""

import io
import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt

from commands.bodies import FileFacts
from infra.body.docx_styles import CODE_BLOCK, CONTINUED, HEAD_CELL, HIGHLIGHT, INLINE_CODE, QUOTE, RULE, SEPARATOR
from infra.body.text import without_controls

IMAGE_WIDTH_MAX: Final = Inches(6)
PROVENANCE_NAMESPACE: Final = "urn:colophon:provenance:1"
_PROPERTY_CHARACTERS_MAX: Final = 255
_INDENT: Final = Inches(0.5)
_NO_XML: Final = re.compile("[\ufffe\uffff]")
_FORMATS: Final = {None: "decimal", "1": "decimal"} | {
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}

Xml = Any
"""An lxml element; lxml brings no types."""


def xml(tag: str, attrs: Mapping[str, object] | None = None, *children: Xml) -> Xml:
    """Make an element; names have their usual prefix."""
    made: Xml = OxmlElement(tag)
    for name, value in (attrs or {}).items():
        made.set(qn(name), str(value))
    made.extend(children)
    return made


def _plain(text: str) -> str:
    """Return the text without what XML cannot say."""
    return _NO_XML.sub("", without_controls(text))


def text_of(text: str) -> list[Xml]:
    """Return a run's children for a text: tabs are elements, and every space counts."""
    made: list[Xml] = []
    for index, part in enumerate(_plain(text).split("\t")):
        if index:
            made.append(xml("w:tab"))
        if part:
            element = xml("w:t", {"xml:space": "preserve"})
            element.text = part
            made.append(element)
    return made


class Package:
    """One DOCX file that is being written."""

    def __init__(self) -> None:
        self.docx: DocxDocument = Document()
        self._style_ids: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self._lists = 0

    def append(self, element: Xml) -> None:
        self.docx.element.body.insert_element_before(element, "w:sectPr")

    def style_id(self, name: str, *, of_characters: bool = False) -> str:
        """Return the id of a style, which is made when the file has none of that name."""
        if name not in self._style_ids:
            if name in self.docx.styles:
                self._style_ids[name] = self.docx.styles[name].style_id or name
            else:
                self._style_ids[name] = self._made(name, of_characters=of_characters)
        return self._style_ids[name]

    def _made(self, name: str, *, of_characters: bool) -> str:
        style: Any = self.docx.styles.add_style(
            name, WD_STYLE_TYPE.CHARACTER if of_characters else WD_STYLE_TYPE.PARAGRAPH
        )
        # Made of the name by python-docx, without spaces: two names may have the same one.
        style.element.set(qn("w:styleId"), f"Colophon{len(self._style_ids)}")
        _shape(style, name)
        return str(style.style_id)

    def link(self, href: str) -> str:
        """Return the id of the relationship that leads to an address."""
        if href not in self._links:
            self._links[href] = self.docx.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return self._links[href]

    def begin_list(self, level: int, *, is_ordered: bool, start: int = 1, type_: str | None = None) -> int:
        """Return the number of a new list, of which one level is used."""
        numbering: Xml = self.docx.part.numbering_part.element
        self._lists += 1
        number = 1_000 + self._lists  # above those of the template
        pattern = xml("w:abstractNum", {"w:abstractNumId": number}, _level(level, is_ordered, start, type_))
        numbering.insert(0, pattern)
        reference = xml("w:abstractNumId", {"w:val": number})
        numbering.append(xml("w:num", {"w:numId": number}, reference))
        return number

    def picture(self, content: bytes, alt: str | None, width_pixels: int | None) -> Xml:
        """Return a drawing; raises whatever python-docx does about bytes that are no image."""
        native = Image.from_blob(content).width
        wanted = native if width_pixels is None else Inches(width_pixels / 96)
        inline: Xml = self.docx.part.new_pic_inline(io.BytesIO(content), width=min(wanted, IMAGE_WIDTH_MAX))
        inline.docPr.set("descr", _plain(alt or ""))
        return xml("w:drawing", None, inline)

    def describe(self, facts: FileFacts) -> None:
        """Say of the file what Word shows as its properties; who wrote which share is a part of its own."""
        core = self.docx.core_properties
        core.title = _plain(facts.title)[:_PROPERTY_CHARACTERS_MAX]
        core.author = _plain("; ".join(facts.authors))[:_PROPERTY_CHARACTERS_MAX]
        core.last_modified_by = core.comments = ""
        core.created = core.modified = facts.written_at
        if facts.provenance:
            told = f'<provenance xmlns="{PROVENANCE_NAMESPACE}">{escape(_plain(facts.provenance))}</provenance>'
            name = PackURI("/customXml/colophon.xml")
            part = Part(name, "application/xml", told.encode(), self.docx.part.package)
            self.docx.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)

    def saved(self) -> bytes:
        written = io.BytesIO()
        self.docx.save(written)
        return written.getvalue()


def _level(level: int, is_ordered: bool, start: int, type_: str | None) -> Xml:  # noqa: FBT001 - of begin_list alone
    left = int(_INDENT.twips) * (level + 1)
    return xml(
        "w:lvl",
        {"w:ilvl": level},
        xml("w:start", {"w:val": start}),
        xml("w:numFmt", {"w:val": _FORMATS[type_] if is_ordered else "bullet"}),
        xml("w:lvlText", {"w:val": f"%{level + 1}." if is_ordered else "\u2022"}),
        xml("w:lvlJc", {"w:val": "left"}),
        xml("w:pPr", None, xml("w:ind", {"w:left": left, "w:hanging": left // (2 * (level + 1))})),
    )


def _shape(style: Any, name: str) -> None:
    """Give a style of ours its looks."""
    if name.startswith((CODE_BLOCK, INLINE_CODE)):
        style.font.name = "Courier New"
        style.font.size = Pt(10)
    elif name.startswith(RULE):
        line = xml("w:bottom", {"w:val": "single", "w:sz": 6, "w:space": 1, "w:color": "auto"})
        style.element.get_or_add_pPr().append(xml("w:pBdr", None, line))
    elif name.startswith(SEPARATOR):
        style.font.size = Pt(1)
    elif name.startswith((QUOTE, CONTINUED)):
        style.paragraph_format.left_indent = _INDENT
    elif name.startswith(HEAD_CELL):
        style.font.bold = True
    elif name.startswith(HIGHLIGHT):
        color = name.removeprefix(f"{HIGHLIGHT} (#").removesuffix(")")
        fill = color.upper() if re.fullmatch("[0-9a-fA-F]{6}", color) else "FFFF00"
        style.element.get_or_add_rPr().append(xml("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill}))
