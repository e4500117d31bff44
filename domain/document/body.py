"""What a document's body is made of, and the formats it is read and written in."""

from dataclasses import dataclass
from enum import StrEnum


class BodyKind(StrEnum):
    """`rich`: a ProseMirror document in XmlFragment("default"); `plain`: text in Text("content")."""

    RICH = "rich"
    PLAIN = "plain"


class ContentFormat(StrEnum):
    """The formats in which a body is read."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    TEXT = "text"


class SourceFormat(StrEnum):
    """The formats in which content comes in."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    TEXT = "text"
    DOCX = "docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Content as it was sent; what is not DOCX is UTF-8."""

    format: SourceFormat
    content: bytes
