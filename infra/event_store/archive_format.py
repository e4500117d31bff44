"""A file of archived payloads: blocks that are deflated one by one, and at its end the index that finds each."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

MAGIC = b"COLARCH1"
BLOCK_BYTES = 64 * 1024
_LENGTH_BYTES = 8


class Payload(NamedTuple):
    """One sealed segment of one event; whose key opens it stands in the event's envelope."""

    position: int
    segment: str
    ciphertext: bytes


class Block(NamedTuple):
    """Where a block lies in the file, the positions from its first to its last payload, and what it hashes to."""

    first: int
    last: int
    offset: int
    length: int
    sha256: bytes


class BlockAltered(Exception):
    """A file is not what its index or its hash says of it."""


_payloads = msgspec.msgpack.Decoder(list[Payload])
_blocks = msgspec.msgpack.Decoder(list[Block])


def packed(payloads: Sequence[Payload]) -> tuple[bytes, bytes]:
    """Return the file and, once more, the index at its end. Payloads come in the order of their positions."""
    pieces, blocks, offset = [MAGIC], [], len(MAGIC)
    for group in _groups(payloads):
        block = zlib.compress(msgspec.msgpack.encode(group))
        blocks.append(Block(group[0].position, group[-1].position, offset, len(block), hashlib.sha256(block).digest()))
        pieces.append(block)
        offset += len(block)
    index = msgspec.msgpack.encode(blocks)
    return b"".join([*pieces, index, len(index).to_bytes(_LENGTH_BYTES, "big"), MAGIC]), index


def _groups(payloads: Iterable[Payload]) -> Iterator[list[Payload]]:
    group: list[Payload] = []
    size = 0
    for payload in payloads:
        group.append(payload)
        size += len(payload.ciphertext)
        if size >= BLOCK_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def blocks_of(index: bytes) -> list[Block]:
    """Return the blocks that an index lists."""
    return _blocks.decode(index)


def unpacked_block(data: bytes, block: Block) -> list[Payload]:
    """Return a block's payloads; raise BlockAltered unless it is byte for byte what was written."""
    if hashlib.sha256(data).digest() != block.sha256:
        raise BlockAltered
    return _payloads.decode(zlib.decompress(data))


def unpacked(file: bytes) -> list[Payload]:
    """Return everything in a file, by its own index; raise BlockAltered when it does not hold together."""
    end = len(file) - len(MAGIC) - _LENGTH_BYTES
    if end < len(MAGIC) or not file.startswith(MAGIC) or not file.endswith(MAGIC):
        raise BlockAltered
    length = int.from_bytes(file[end : end + _LENGTH_BYTES], "big")
    try:
        blocks = blocks_of(file[max(0, end - length) : end])
    except msgspec.DecodeError as error:
        raise BlockAltered from error
    return [p for b in blocks for p in unpacked_block(file[b.offset : b.offset + b.length], b)]
