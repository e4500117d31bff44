"""Sealing: a segment's salted commitment for ever, its ciphertext until erasure (docs/architecture.md, Evidence)."""

import hashlib
import hmac
import os
import zlib
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT_BYTES = 32
_NONCE_BYTES = 12
_COMPRESS_FROM_BYTES = 256
_PLAIN, _DEFLATED = b"\0", b"\1"


class SegmentAltered(Exception):
    """A stored segment does not open under its key and commitment: somebody changed it."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A 256-bit key of one document, subject or tenant."""

    key_id: UUID
    key: bytes


@dataclass(frozen=True, slots=True)
class SegmentAddress:
    """Which segment of which event; bound into commitment and ciphertext, so neither can be moved."""

    tenant_id: UUID
    event_id: UUID
    name: str

    def prefix(self) -> bytes:
        return b"".join(map(_length_prefixed, (self.tenant_id.bytes, self.event_id.bytes, self.name.encode())))


@dataclass(frozen=True, slots=True)
class SealedSegment:
    """What the log keeps: the commitment in the envelope, the ciphertext in its own row."""

    name: str
    key_id: UUID
    commitment: bytes
    ciphertext: bytes


def commit(salt: bytes, address: SegmentAddress, plaintext: bytes) -> bytes:
    """HMAC-SHA256 over the address and the text, keyed by a salt that lives only inside the ciphertext."""
    return hmac.new(salt, b"seg/v1" + address.prefix() + _length_prefixed(plaintext), hashlib.sha256).digest()


def seal(address: SegmentAddress, plaintext: bytes, key: DataKey) -> SealedSegment:
    """Encrypt one segment (AES-256-GCM, random nonce; a key seals far fewer than 2^32 segments)."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(_NONCE_BYTES)
    commitment = commit(salt, address, plaintext)
    deflated = zlib.compress(plaintext, 6) if len(plaintext) >= _COMPRESS_FROM_BYTES else plaintext
    packed = _DEFLATED + deflated if len(deflated) < len(plaintext) else _PLAIN + plaintext
    sealed = AESGCM(key.key).encrypt(nonce, salt + packed, _bound(address, key.key_id, commitment))
    return SealedSegment(address.name, key.key_id, commitment, nonce + sealed)


def unseal(address: SegmentAddress, segment: SealedSegment, key: DataKey) -> bytes:
    """Decrypt one segment and check that it opens its commitment; raise SegmentAltered when it does not."""
    return opening(address, segment, key)[1]


def opening(address: SegmentAddress, segment: SealedSegment, key: DataKey) -> tuple[bytes, bytes]:
    """Return the salt and the text with which anybody can check the commitment. Raises SegmentAltered."""
    nonce, sealed = segment.ciphertext[:_NONCE_BYTES], segment.ciphertext[_NONCE_BYTES:]
    try:
        opened = AESGCM(key.key).decrypt(nonce, sealed, _bound(address, key.key_id, segment.commitment))
    except InvalidTag:
        raise SegmentAltered(address.name) from None
    salt, packed = opened[:SALT_BYTES], opened[SALT_BYTES:]
    plaintext = zlib.decompress(packed[1:]) if packed[:1] == _DEFLATED else packed[1:]
    if not hmac.compare_digest(commit(salt, address, plaintext), segment.commitment):
        raise SegmentAltered(address.name)
    return salt, plaintext


def _bound(address: SegmentAddress, key_id: UUID, commitment: bytes) -> bytes:
    return address.prefix() + key_id.bytes + commitment


def _length_prefixed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part
