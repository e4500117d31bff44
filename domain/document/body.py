"""What a document's body is made of, and the formats it is read in."""

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
