"""Content in any format that comes in, as the tree."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from commands.bodies import ContentRefused
from domain.document.body import Source, SourceFormat
from infra.body.docx_in import read_docx
from infra.body.html_in import read_html
from infra.body.markdown_in import read_markdown
from infra.body.prosemirror import read_prosemirror
from infra.body.text import with_newlines
from infra.body.tree import EMPTY_DOCUMENT, Node, Text

IMPORT_CHARACTERS_MAX: Final = 2_000_000


def read_source(source: Source) -> Node:
    """Raises ContentRefused."""
    if source.format is SourceFormat.DOCX:
        return read_docx(source.content)
    return _READERS[source.format](decoded(source))


def decoded(source: Source) -> str:
    try:
        text = source.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ContentRefused("The content is not UTF-8.") from None
    require_size(text)
    return with_newlines(text)


def require_size(text: str) -> None:
    if len(text) > IMPORT_CHARACTERS_MAX:
        raise ContentRefused(f"The content is longer than {IMPORT_CHARACTERS_MAX} characters.")


def read_text(text: str) -> Node:
    """A paragraph for each line; they end in newlines by now."""
    lines = text.split("\n") if text else []
    paragraphs = tuple(Node("paragraph", {}, (Text(line),) if line else ()) for line in lines)
    return Node("doc", {}, paragraphs) if paragraphs else EMPTY_DOCUMENT


def _read_json(text: str) -> Node:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise ContentRefused("The content is not JSON.") from None
    if not isinstance(document, Mapping):
        raise ContentRefused("A ProseMirror document is a JSON object.")
    return read_prosemirror(document)


_READERS: Final[Mapping[SourceFormat, Callable[[str], Node]]] = {
    SourceFormat.MARKDOWN: read_markdown,
    SourceFormat.HTML: read_html,
    SourceFormat.JSON: _read_json,
    SourceFormat.TEXT: read_text,
}
