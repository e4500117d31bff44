"""The styles by which a DOCX file says what the schema has and Word has not; written by us and read again."""

import re
from typing import Final

SEPARATOR: Final = "Block Separator"
RULE: Final = "Horizontal Rule"
QUOTE: Final = "Quote"
CONTINUED: Final = "List Continue"
CODE_BLOCK: Final = "Code Block"
INLINE_CODE: Final = "Inline Code"
HEAD_CELL: Final = "Table Heading"
HIGHLIGHT: Final = "Highlight"
LIST_LEVELS_MAX: Final = 9

CODE_STYLES: Final = frozenset({"code", "source code", "html preformatted", "preformatted text", "macro"})
INLINE_CODE_STYLES: Final = frozenset({"inline code", "verbatim char", "html code", "source text", "html typewriter"})

_NAME: Final = re.compile(r"(?P<base>.*?)(?: \((?P<detail>.*)\))?(?: in list (?P<level>[1-9]))?", re.DOTALL)
_LISTED: Final = re.compile(r"list (?:bullet|number) ([2-9])", re.IGNORECASE)
_CONTINUED: Final = re.compile(r"list continue(?: ([2-9]))?", re.IGNORECASE)


def styled(base: str, detail: str | None = None, level: int = 0) -> str:
    """Return the name of a style, with what it carries besides and the depth of the list that it stands in."""
    if base == CONTINUED:
        return base if level == 1 else f"{base} {level}"
    detailed = base if detail is None else f"{base} ({detail})"
    return f"{detailed} in list {level}" if level else detailed


def read_style(name: str | None) -> tuple[str, str | None, int]:
    """Return what `styled` was given."""
    if (continued := _CONTINUED.fullmatch(name or "")) is not None:
        return CONTINUED, None, int(continued[1] or 1)
    found = _NAME.fullmatch(name or "")
    assert found is not None
    return found["base"], found["detail"], int(found["level"] or 0)


def styled_list_level(name: str | None) -> int:
    """Return the depth, from 0, of a list that Word's own style gives and its numbering does not."""
    found = _LISTED.fullmatch(name or "")
    return int(found[1]) - 1 if found else 0
