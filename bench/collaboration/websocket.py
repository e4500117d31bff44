"""A WebSocket of a few lines: a library's would take more of the processors than the servers that are measured."""

import asyncio
import os
from base64 import b64encode
from collections.abc import Callable
from typing import Final, cast

_BINARY, _CLOSE, _PING, _PONG = 0x82, 0x8, 0x9, 0xA
_UNMASKING: Final = bytes(4)
"""A mask of zeros is a mask, and leaves what it masks."""


def framed(message: bytes, first_byte: int = _BINARY) -> bytes:
    """Return the message as a client's frame."""
    length = len(message)
    if length < 126:
        head = bytes([first_byte, 0x80 | length])
    elif length < 1 << 16:
        head = bytes([first_byte, 0x80 | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([first_byte, 0x80 | 127]) + length.to_bytes(8, "big")
    return head + _UNMASKING + message


class Socket(asyncio.Protocol):
    """Hands over each message as it comes; `opened` is done once the server has agreed, `ended` when the line is."""

    def __init__(self, host: str, address: str, took: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.told = "without a word"
        """Code and reason, when the server closed."""
        self._took = took
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        key = b64encode(os.urandom(16)).decode()
        self._request = (
            f"GET {address} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()

    def send(self, frame: bytes) -> None:
        """Send what `framed` made; on an ended line it is lost, as it would be."""
        if self._transport is not None:
            self._transport.write(frame)

    def close(self) -> None:
        """Cut the line."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("the server closed instead of answering"))
        self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self.opened.done() or self._is_answered():
            self._take_frames()

    def _is_answered(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = bytes(self._received.partition(b"\r\n")[0])
        if b" 101 " not in status:
            self.opened.set_exception(ConnectionError(status.decode()))
            self.close()
            return False
        del self._received[: end + 4]
        self.opened.set_result(None)
        return True

    def _take_frames(self) -> None:
        received, start, available = self._received, 0, len(self._received)
        while available - start >= 2:
            length, body = received[start + 1] & 0x7F, start + 2
            if length >= 126:
                body += 2 if length == 126 else 8
                if available < body:
                    break
                length = int.from_bytes(received[start + 2 : body], "big")
            if available < body + length:
                break
            self._take(received[start] & 0xF, bytes(received[body : body + length]))
            start = body + length
        del received[:start]

    def _take(self, kind: int, message: bytes) -> None:
        if kind == _PING:
            self.send(framed(message, 0x80 | _PONG))
        elif kind == _CLOSE:
            self.told = f"{int.from_bytes(message[:2], 'big')} {message[2:].decode()}"
            self.close()
        else:
            self._took(message)
