"""The tenant context as PostgreSQL checks it: signed, short-lived, one line of text."""

import hashlib
import hmac
from dataclasses import dataclass

from domain.actor import Actor
from domain.ids import TenantId

CONTEXT_LIFETIME_SECONDS = 60
_BLOCK_BYTES = 64


@dataclass(frozen=True, slots=True)
class ContextSigner:
    """Signs 'v1|tenant|actor|expires|key_id|mac' with HMAC-SHA256; `sec.verified` in the database checks it."""

    key_id: str
    key: bytes

    def sign(self, tenant_id: TenantId, actor: Actor, *, now_epoch_seconds: float) -> str:
        """Return the context line for one transaction; valid for CONTEXT_LIFETIME_SECONDS."""
        expires = int(now_epoch_seconds) + CONTEXT_LIFETIME_SECONDS
        body = f"v1|{tenant_id}|{actor}|{expires}|{self.key_id}"
        return f"{body}|{hmac.new(self.key, body.encode(), hashlib.sha256).hexdigest()}"

    def pads(self) -> tuple[bytes, bytes]:
        """Return the inner and outer padded key (RFC 2104), which is all that the database stores of it."""
        block = self.key.ljust(_BLOCK_BYTES, b"\0")
        return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
