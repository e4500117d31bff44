"""Sealing: a segment's salted commitment for ever, its ciphertext until erasure (docs/architecture.md, Evidence)."""

import hmac
import os
import zlib
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.persistence import Cipher, Compressor

SALT_BYTES = 32
_NONCE_BYTES = 12
_COMPRESS_FROM_BYTES = 512
"""Deflating less takes as long as everything else that sealing does, and saves fewer bytes than a row has beside it."""
_SMALL_BYTES_MAX = 4096
_PLAIN, _DEFLATED = b"\0", b"\1"
_LENGTH_OF_UUID = (16).to_bytes(8, "big")


class SegmentAltered(Exception):
    """A stored segment does not open under its key and commitment: somebody changed it."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A 256-bit key of one document, subject or tenant."""

    key_id: UUID
    key: bytes


class SegmentAddress(NamedTuple):
    """Which segment of which event; bound into commitment and ciphertext, so neither can be moved."""

    tenant_id: UUID
    event_id: UUID
    name: str

    def prefix(self) -> bytes:
        return (
            _LENGTH_OF_UUID
            + self.tenant_id.bytes
            + _LENGTH_OF_UUID
            + self.event_id.bytes
            + _length_prefixed(self.name.encode())
        )


class SealedSegment(NamedTuple):
    """What the log keeps: the commitment in the envelope, the ciphertext in its own row."""

    name: str
    key_id: UUID
    commitment: bytes
    ciphertext: bytes


class Deflate(Compressor):
    """Deflates what gets smaller by it; the first byte says whether it did."""

    def compress(self, data: bytes) -> bytes:
        if len(data) < _COMPRESS_FROM_BYTES:
            return _PLAIN + data
        # The usual window allocates a quarter of a megabyte for each text: for a small one more work than deflating it.
        window, memory = (12, 5) if len(data) <= _SMALL_BYTES_MAX else (zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL)
        deflate = zlib.compressobj(6, zlib.DEFLATED, window, memory)
        deflated = deflate.compress(data) + deflate.flush()
        return _DEFLATED + deflated if len(deflated) < len(data) else _PLAIN + data

    def decompress(self, data: bytes) -> bytes:
        return zlib.decompress(data[1:]) if data[:1] == _DEFLATED else data[1:]


class SegmentCipher(Cipher):
    """AES-256-GCM under one data key, bound to a segment's address and commitment (a key seals far fewer than 2^32)."""

    # The cipher's state takes 2.5 kB and a microsecond to make: kept with each of 50,000 cached keys it would not pay.
    def __init__(self, key: DataKey, address: bytes, commitment: bytes) -> None:
        self._aes = AESGCM(key.key)
        self._bound = address + key.key_id.bytes + commitment

    def encrypt(self, plaintext: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aes.encrypt(nonce, plaintext, self._bound)

    def decrypt(self, ciphertext: bytes) -> bytes:
        return self._aes.decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], self._bound)


DEFLATE: Final = Deflate()


def seal(address: SegmentAddress, plaintext: bytes, key: DataKey, compressor: Compressor = DEFLATE) -> SealedSegment:
    """Commit to the text, compress it, encrypt it with the salt that opens the commitment."""
    salt, prefix = os.urandom(SALT_BYTES), address.prefix()
    commitment = _commit(salt, prefix, plaintext)
    packed = compressor.compress(plaintext)
    ciphertext = SegmentCipher(key, prefix, commitment).encrypt(salt + packed)
    return SealedSegment(address.name, key.key_id, commitment, ciphertext)


def unseal(address: SegmentAddress, segment: SealedSegment, key: DataKey, compressor: Compressor = DEFLATE) -> bytes:
    """Decrypt one segment and check that it opens its commitment; raise SegmentAltered when it does not."""
    return opening(address, segment, key, compressor)[1]


def opening(
    address: SegmentAddress, segment: SealedSegment, key: DataKey, compressor: Compressor = DEFLATE
) -> tuple[bytes, bytes]:
    """Return the salt and the text with which anybody can check the commitment. Raises SegmentAltered."""
    prefix = address.prefix()
    try:
        opened = SegmentCipher(key, prefix, segment.commitment).decrypt(segment.ciphertext)
    except InvalidTag:
        raise SegmentAltered(address.name) from None
    salt, packed = opened[:SALT_BYTES], opened[SALT_BYTES:]
    plaintext = compressor.decompress(packed)
    if not hmac.compare_digest(_commit(salt, prefix, plaintext), segment.commitment):
        raise SegmentAltered(address.name)
    return salt, plaintext


def _commit(salt: bytes, prefix: bytes, plaintext: bytes) -> bytes:
    """HMAC-SHA256 over the address and the text, keyed by a salt that lives only inside the ciphertext."""
    return hmac.digest(salt, b"seg/v1" + prefix + _length_prefixed(plaintext), "sha256")


def _length_prefixed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part
