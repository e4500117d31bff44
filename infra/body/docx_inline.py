"""The runs of a DOCX paragraph, as mammoth reads them, as text with marks."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any, Final

from mammoth import documents

from infra.body.docx_styles import HIGHLIGHT, INLINE_CODE_STYLES, read_style
from infra.body.schema import mark, node, safe_image_source, settled_marks
from infra.body.text import with_newlines
from infra.body.tree import HARD_BREAK, Child, Mark, Text

IMAGES_BYTES_MAX: Final = 8_000_000
BOXES: Final = {False: "\u2610", True: "\u2612"}


class Inline:
    """Collects the notes that are referred to, each once."""

    def __init__(self) -> None:
        self.notes: list[documents.NoteReference] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._image_bytes_left = IMAGES_BYTES_MAX

    def read(self, elements: Sequence[Any]) -> tuple[Child, ...]:
        return tuple(self._all(elements, ()))

    def _all(self, elements: Sequence[Any], marks: tuple[Mark | None, ...]) -> Iterator[Child]:
        for element in elements:
            yield from self._one(element, marks)

    def _one(self, element: Any, marks: tuple[Mark | None, ...]) -> Iterator[Child]:
        match element:
            case documents.Text():
                yield _text(element.value, marks)
            case documents.Tab():
                yield _text("\t", marks)
            case documents.Break(break_type="line"):
                yield HARD_BREAK
            case documents.Checkbox():
                yield _text(BOXES[element.checked], marks)
            case documents.NoteReference():
                yield _text(f"[{self._number(element)}]", marks)
            case documents.Image():
                yield self._image(element)
            case documents.Run():
                yield from self._all(element.children, (*marks, *_marks_of(element)))
            case documents.Hyperlink():
                href = element.href if element.anchor is None else f"#{element.anchor}"
                yield from self._all(element.children, (*marks, mark("link", {"href": href})))
            case _:
                return

    def _number(self, reference: documents.NoteReference) -> int:
        number = self._numbers.setdefault((reference.note_type, reference.note_id), len(self.notes) + 1)
        if number > len(self.notes):
            self.notes.append(reference)
        return number

    def _image(self, image: documents.Image) -> Child:
        """An image that a body cannot hold is the text that stands for it."""
        content = _content_of(image) if self._image_bytes_left > 0 else b""
        self._image_bytes_left -= len(content)
        source = f"data:{image.content_type};base64,{base64.b64encode(content).decode()}"
        if not content or safe_image_source(source) is None:
            return Text(image.alt_text or "")
        return node("image", {"src": source, "alt": image.alt_text})


def _content_of(image: documents.Image) -> bytes:
    """An image that the file only links to is not fetched."""
    try:
        with image.open() as opened:
            content: bytes = opened.read()
    except (KeyError, ValueError):
        return b""
    return content


def _text(text: str, marks: Sequence[Mark | None]) -> Text:
    return Text(with_newlines(text), settled_marks([one for one in marks if one is not None]))


def _marks_of(run: documents.Run) -> Iterator[Mark | None]:
    style, detail, _ = read_style(run.style_name)
    flags = {
        "bold": run.is_bold or style == "Strong",
        "italic": run.is_italic or style == "Emphasis",
        "strike": run.is_strikethrough,
        "underline": run.is_underline and style != "Hyperlink",
        "code": style.lower() in INLINE_CODE_STYLES,
    }
    yield from (mark(kind) for kind, is_set in flags.items() if is_set)
    if style == HIGHLIGHT and detail is not None:
        yield mark("highlight", {"color": detail})
    elif run.highlight is not None:
        yield mark("highlight", {"color": None if run.highlight == "yellow" else run.highlight.lower()})
