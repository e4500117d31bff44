"""Updates as a CRDT client sends them, written byte by byte: one CRDT document a client would be what is measured."""

import re
from itertools import count

_STRING, _WITH_ORIGIN = 0x04, 0x80
_NO_DELETIONS = b"\x00"
_numbers = count()

WORD = re.compile(rb"#(\d{7})")


def next_word() -> tuple[int, bytes]:
    """Return a word that nobody else types in this process, and its number: it is found in whatever bytes hold it."""
    number = next(_numbers)
    return number, b"#%07d" % number


def varint(number: int) -> bytes:
    """Write an unsigned number as lib0 does."""
    written = bytearray()
    while number > 0x7F:
        written.append(0x80 | number & 0x7F)
        number >>= 7
    written.append(number)
    return bytes(written)


def sized(content: bytes) -> bytes:
    return varint(len(content)) + content


class Typist:
    """Somebody who types at a place of their own of a plain body: each text behind their last one."""

    def __init__(self, client: int) -> None:
        self._client = client
        self._clock = 0

    def typed(self, text: bytes) -> bytes:
        """Return the update (version 1) that inserts the text."""
        place = bytes([_STRING]) + b"\x01" + sized(b"content")
        if self._clock:
            origin = varint(self._client) + varint(self._clock - 1)
            place = bytes([_STRING | _WITH_ORIGIN]) + origin
        struct = varint(self._client) + varint(self._clock) + place + sized(text)
        self._clock += len(text)
        return b"\x01\x01" + struct + _NO_DELETIONS
