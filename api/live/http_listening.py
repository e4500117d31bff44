"""What a session was sent, as server-sent events: a stream that ends now and then, so that it is acknowledged."""

import asyncio
import base64
import json

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.live.closing import ConnectionRefused
from api.live.http_session import HttpSession
from api.live.line import SLOWEST_BYTES_PER_SECOND
from api.live.shelf import Numbered
from api.live.together import until_one_ends

LISTEN_SECONDS_MAX = 55.0
"""A listener that went without a word is not taken for one much longer; it also ends before proxies lose patience."""

_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]
_BEAT = b":\n\n"


class FrameStream(Response):
    """
    Each frame is an event with its number as `id` and base64 as data; `end` says why the session is over.

    It ends without `end` when the client has to ask again, by which it acknowledges what it has.
    """

    media_type = "text/event-stream"

    def __init__(self, session: HttpSession, after: int) -> None:
        super().__init__()
        self._session = session
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})

        async def until_gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        async def until_long() -> None:
            await asyncio.sleep(LISTEN_SECONDS_MAX)

        with self._session.listening() as replaced:

            async def until_replaced() -> None:
                await replaced.wait()

            await until_one_ends(lambda: self._send(send), until_gone, until_long, until_replaced)
        await send({"type": "http.response.body", "body": b""})

    async def _send(self, send: Send) -> None:
        """Send what comes, until so much is kept for an acknowledgement that one is due."""
        shelf, number, chunk = self._session.shelf, self._after, _BEAT
        while True:
            draining_seconds = len(chunk) / SLOWEST_BYTES_PER_SECOND
            try:
                async with asyncio.timeout(self._session.limits.send_seconds_max + draining_seconds):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            except TimeoutError:
                return
            if shelf.is_half_full and number > self._after:
                return
            try:
                frames = await shelf.after(number)
            except ConnectionRefused as refusal:
                await send({"type": "http.response.body", "body": _end(refusal), "more_body": True})
                return
            number, chunk = frames[-1].number, b"".join(map(_event, frames))


def _event(numbered: Numbered) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (numbered.number, base64.b64encode(numbered.frame))


def _end(refusal: ConnectionRefused) -> bytes:
    said = {"close_code": int(refusal.code), "detail": refusal.reason}
    return b"event: end\ndata: %s\n\n" % json.dumps(said).encode()
