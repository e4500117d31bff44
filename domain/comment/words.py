"""The words of a comment: what they may be, and whom they name."""

import re
from typing import ClassVar, Final
from uuid import UUID

from domain.errors import Invalid
from domain.free_text import is_clean
from domain.ids import MemberId

BODY_CHARACTERS_MAX = 10_000
MENTIONS_MAX = 50

_MENTION: Final = re.compile(r"<@([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})>", re.ASCII)


class CommentRefused(Invalid):
    """A comment that cannot be taken as it is."""

    code: ClassVar = "comment.refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


def mentioned(body: str) -> tuple[MemberId, ...]:
    """Return whom a body names as `<@member id>`, each once, in the order of the text."""
    return tuple(dict.fromkeys(MemberId(UUID(found)) for found in _MENTION.findall(body)))


def accepted(body: str) -> str:
    """Return the body; raise CommentRefused for one that says nothing, too much, or what cannot be seen."""
    if not body.strip():
        raise CommentRefused("A comment says something.")
    if not is_clean(body):
        raise CommentRefused("A comment has no control characters, and none that turn the direction of what follows.")
    if len(body) > BODY_CHARACTERS_MAX:
        raise CommentRefused(f"A comment has at most {BODY_CHARACTERS_MAX} characters.")
    if len(mentioned(body)) > MENTIONS_MAX:
        raise CommentRefused(f"A comment mentions at most {MENTIONS_MAX} people.")
    return body
