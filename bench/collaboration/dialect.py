"""What the two protocols differ in: where a document is named, and how an update is acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.collaboration.words import sized

ASKED: Final = (b"\x00\x00", b"\x04\x00")
"""The server asks for what the client has."""
STATE: Final = b"\x00\x01"
UPDATE: Final = b"\x00\x02"
APPLIED: Final = b"\x08\x01"
_ASKING: Final = b"\x00\x00\x01\x00"
_NOTHING: Final = b"\x00\x01\x02\x00\x00"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`says_applied`: a message of its own acknowledges an update; otherwise the update comes back to its sender."""

    path: str
    says_applied: bool

    def address(self, document: str, key: str) -> str:
        """Return the path of the WebSocket."""
        return self.path.format(document=document, key=key)

    def before(self, document: str) -> bytes:
        """Return what every message of the document begins with."""
        return sized(document.encode()) if self.says_applied else b""

    def greeting(self, document: str, key: str) -> Sequence[bytes]:
        """Return the messages of a client that has nothing yet."""
        before = self.before(document)
        asking = before + _ASKING
        return [before + b"\x02\x00" + sized(key.encode()), asking] if self.says_applied else [asking]

    def nothing(self, document: str) -> bytes:
        """Return the answer of a client that has nothing."""
        return self.before(document) + _NOTHING

    def update(self, document: str, update: bytes) -> bytes:
        return self.before(document) + UPDATE + sized(update)


Y_WEBSOCKET = Dialect("/collab/{document}?token={key}", says_applied=False)
HOCUSPOCUS = Dialect("/", says_applied=True)
