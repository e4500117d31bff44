"""The tenant context as PostgreSQL checks it: signed, short-lived, one line of text."""

import hmac
from dataclasses import dataclass
from functools import lru_cache

from domain.actor import Actor
from domain.ids import TenantId

CONTEXT_LIFETIME_SECONDS = 60
REUSED_SECONDS = 5
"""So long the same line serves whoever asks again: a busy author would have the same words signed again and again."""
LINES_KEPT_MAX = 8192
_BLOCK_BYTES = 64


@dataclass(frozen=True, slots=True)
class ContextSigner:
    """Signs 'v1|tenant|actor|expires|key_id|mac' with HMAC-SHA256; `sec.verified` in the database checks it."""

    key_id: str
    key: bytes

    def sign(self, tenant_id: TenantId, actor: Actor, *, now_epoch_seconds: float) -> str:
        """Return the context line for one transaction; it lives for 55 to 60 seconds."""
        begun = int(now_epoch_seconds) // REUSED_SECONDS * REUSED_SECONDS
        return _signed(self, tenant_id, actor, begun + CONTEXT_LIFETIME_SECONDS)

    def pads(self) -> tuple[bytes, bytes]:
        """Return the inner and outer padded key (RFC 2104), which is all that the database stores of it."""
        block = self.key.ljust(_BLOCK_BYTES, b"\0")
        return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


@lru_cache(LINES_KEPT_MAX)
def _signed(signer: ContextSigner, tenant_id: TenantId, actor: Actor, expires: int) -> str:
    body = f"v1|{tenant_id}|{actor}|{expires}|{signer.key_id}"
    mac = hmac.digest(signer.key, body.encode(), "sha256")
    return f"{body}|{mac.hex()}"
