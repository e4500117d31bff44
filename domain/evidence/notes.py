"""Checkpoints and signed notes as C2SP spells them (tlog-checkpoint, signed-note), so that others' tools read them."""

import base64
import hashlib
import re
from dataclasses import dataclass

from domain.ids import TenantId

ED25519 = b"\x01"
KEY_HASH_BYTES = 4

_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_NOTE = re.compile(f"([^\\n]+)\\n([1-9][0-9]{{0,18}})\\n({_BASE64})\\n\\n\N{EM DASH} ([^ +\\n]+) ({_BASE64})\\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How large a log was and what root it had; only a random id names whose log it is."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def origin_of(tenant_id: TenantId) -> str:
    """Return the name under which a tenant's log signs: never the tenant's own name."""
    return f"colophon.log/{tenant_id}"


def verifier_key(name: str, public_key: bytes) -> str:
    """Return the key as signed-note's tools take it: name, key hash, type and key."""
    return f"{name}+{_key_hash(name, public_key).hex()}+{_base64(ED25519 + public_key)}"


def signed_note(text: str, name: str, public_key: bytes, signature: bytes) -> str:
    """Return the text with its signature line."""
    return f"{text}\n\N{EM DASH} {name} {_base64(_key_hash(name, public_key) + signature)}\n"


def parsed_note(note: str) -> tuple[Checkpoint, str, bytes]:
    """Return checkpoint, signer's name and signature of a note of ours; raise ValueError for any other text."""
    lines = _NOTE.fullmatch(note)
    if lines is None:
        raise ValueError("this is not a checkpoint with one signature")
    origin, size, root, name, signature = lines.groups()
    checkpoint = Checkpoint(origin=origin, size=int(size), root=base64.b64decode(root))
    return checkpoint, name, base64.b64decode(signature)[KEY_HASH_BYTES:]


def _key_hash(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:KEY_HASH_BYTES]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
