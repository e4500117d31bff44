"""How much may be said about a document, and how often a thread is settled; deleting is always possible."""

from typing import ClassVar

from domain.comment.events import Anchor
from domain.comment.state import Thread, Threads, said_bytes
from domain.errors import LimitReached

SETTLINGS_PER_THREAD_MAX = 100
"""Resolved or taken up again."""
COMMENT_BYTES_PER_DOCUMENT_MAX = 16 * 1024 * 1024
"""Of all words ever said, also of those that were changed or deleted."""


class TooManySettlings(LimitReached):
    """The thread was resolved and taken up again as often as one can be; another one can be begun."""

    code: ClassVar = "comment.too_many_settlings"

    def __init__(self) -> None:
        super().__init__("This thread was resolved and taken up again as often as one can be; begin another one.")

    def facts(self) -> dict[str, object]:
        return {"settlings_per_thread_max": SETTLINGS_PER_THREAD_MAX}


class TooMuchSaid(LimitReached):
    """The comments of the document hold as many words as they can; comments can still be deleted."""

    code: ClassVar = "comment.too_much"

    def __init__(self) -> None:
        super().__init__("The comments on this document are as long together as they can be.")

    def facts(self) -> dict[str, object]:
        return {"comment_bytes_per_document_max": COMMENT_BYTES_PER_DOCUMENT_MAX}


def require_settling(thread: Thread) -> None:
    """Raise TooManySettlings."""
    if thread.settlings >= SETTLINGS_PER_THREAD_MAX:
        raise TooManySettlings


def require_words(threads: Threads, body: str, anchor: Anchor | None = None) -> None:
    """Raise TooMuchSaid."""
    if threads.said_bytes + said_bytes(body, anchor) > COMMENT_BYTES_PER_DOCUMENT_MAX:
        raise TooMuchSaid
