"""The one way to touch pycrdt: its panics become an exception, its documents are opened the same way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pycrdt import Doc, Text, XmlFragment

from commands.bodies import BodyUnreadable

RICH_ROOT: Final = "default"
PLAIN_ROOT: Final = "content"


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what pycrdt raises, panics among it, into BodyUnreadable. Says nothing of the content."""
    try:
        yield
    except (ValueError, RuntimeError) as error:
        raise BodyUnreadable(f"The CRDT refused: {type(error).__name__}.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3 derives it from BaseException and exports it nowhere
            raise
        raise BodyUnreadable("The CRDT panicked.") from None


def open_document(state: bytes = b"", client_id: int | None = None) -> Doc[Any]:
    document: Doc[Any] = Doc(client_id=client_id)
    if state:
        document.apply_update(state)
    return document


def rich_root(document: Doc[Any]) -> XmlFragment:
    root: XmlFragment = document.get(RICH_ROOT, type=XmlFragment)
    return root


def plain_root(document: Doc[Any]) -> Text:
    root: Text = document.get(PLAIN_ROOT, type=Text)
    return root
