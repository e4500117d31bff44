"""The CRDT document of one live room, on pycrdt."""

from typing import Any

from pycrdt import Doc

from commands.bodies import BodyUnreadable
from infra.body.crdt import guarded, open_document, plain_root, rich_root


class PycrdtReplica:
    """Not thread-safe. After BodyUnreadable it refuses everything: the document may be half changed."""

    def __init__(self) -> None:
        self._document: Doc[Any] | None = open_document()
        rich_root(self._document)
        plain_root(self._document)

    def apply(self, update: bytes) -> None:
        document = self._opened()
        try:
            with guarded():
                document.apply_update(update)
        except BodyUnreadable:
            self.close()
            raise

    def state_vector(self) -> bytes:
        with guarded():
            return self._opened().get_state()

    def diff(self, state_vector: bytes) -> bytes:
        with guarded():
            return self._opened().get_update(state_vector)

    def deletions(self) -> bytes:
        # Whoever lacks nothing is still told of all that was deleted.
        with guarded():
            document = self._opened()
            return document.get_update(document.get_state())

    def full_state(self) -> bytes:
        with guarded():
            return self._opened().get_update()

    def close(self) -> None:
        self._document = None

    def _opened(self) -> Doc[Any]:
        if self._document is None:
            raise BodyUnreadable("The replica is closed.")
        return self._document
