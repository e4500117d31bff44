"""Opaque cursors: where a page ended, signed so that only our own come back."""

import base64
import hashlib
import hmac
import json
from typing import ClassVar

from domain.errors import Invalid

_MAC_BYTES = 12


class CursorRefused(Invalid):
    """The cursor is not one that this list gave out."""

    code: ClassVar = "request.cursor_refused"

    def __init__(self) -> None:
        super().__init__("This cursor does not belong to this list.")


class Cursors:
    """Cursors of one list of one tenant; another list's or tenant's are refused."""

    def __init__(self, key: bytes, scope: str) -> None:
        self._key = hmac.new(key, scope.encode(), hashlib.sha256).digest()

    def encode(self, *where: str | int) -> str:
        body = json.dumps(where, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(body) + body).decode().rstrip("=")

    def decode(self, cursor: str) -> list[str | int]:
        """Return what was encoded; raise CursorRefused."""
        try:
            packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise CursorRefused from None
        mac, body = packed[:_MAC_BYTES], packed[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body)):
            raise CursorRefused
        where: list[str | int] = json.loads(body)
        return where

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:_MAC_BYTES]
