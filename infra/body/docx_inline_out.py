"""Text with marks as the runs of a DOCX paragraph."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from infra.body.docx_styles import HIGHLIGHT, INLINE_CODE, styled
from infra.body.docx_xml import Package, Xml, text_of, xml
from infra.body.tree import Child, Mark, Text

_FLAGS: Final = {"bold": "w:b", "italic": "w:i", "strike": "w:strike"}


def inline_elements(content: Sequence[Child], package: Package) -> Iterator[Xml]:
    """Neighbours that lead to the same place are one link."""
    for href, children in groupby(content, _href):
        runs = [_run(child, package) for child in children]
        if href is None:
            yield from runs
        else:
            yield xml("w:hyperlink", {"r:id": package.link(href)}, *runs)


def _href(child: Child) -> str | None:
    link = _marks(child).get("link")
    return link.attrs["href"] if link is not None else None


def _marks(child: Child) -> dict[str, Mark]:
    return {one.type: one for one in child.marks} if isinstance(child, Text) else {}


def _run(child: Child, package: Package) -> Xml:
    if not isinstance(child, Text):
        return xml("w:r", None, xml("w:br"))
    return xml("w:r", None, *_properties(_marks(child), package), *text_of(child.text))


def _properties(marks: dict[str, Mark], package: Package) -> list[Xml]:
    """In the order in which the format wants them."""
    made: list[Xml] = []
    color = marks["highlight"].attrs["color"] if "highlight" in marks else None
    style = INLINE_CODE if "code" in marks else styled(HIGHLIGHT, color) if color is not None else None
    if style is not None:
        made.append(xml("w:rStyle", {"w:val": package.style_id(style, of_characters=True)}))
    made += [xml(tag) for kind, tag in _FLAGS.items() if kind in marks]
    if "link" in marks:
        made.append(xml("w:color", {"w:val": "0563C1"}))
    if "highlight" in marks and color is None:
        made.append(xml("w:highlight", {"w:val": "yellow"}))
    if "underline" in marks:
        made.append(xml("w:u", {"w:val": "single"}))
    return [xml("w:rPr", None, *made)] if made else []
