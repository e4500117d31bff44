"""Callers of a gateway: each sends its next prompt when it has the answer to the last, on a connection of its own."""

import asyncio
import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import Any, Final, cast

import httptools
import msgspec

PROMPT_CHARACTERS: Final = 240
OUTPUT_TOKENS_MAX: Final = 64
ANSWER_SECONDS_MAX: Final = 30.0

_SENTENCE: Final = "the notice period of our contract with the supplier in the north ends when it is told in writing"
_WORDS: Final = _SENTENCE.split()
_numbers = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where chat completions are asked for, with which headers and which model."""

    port: int
    path: str
    model: str
    headers: tuple[tuple[str, str], ...] = ()

    def request(self, *, stream: bool = False, **more: Any) -> bytes:
        """Return a request whose prompt nobody has sent before: no cache can answer it."""
        asked = {
            "model": self.model,
            "messages": [{"role": "user", "content": prompt()}],
            "max_tokens": OUTPUT_TOKENS_MAX,
            **({"stream": True} if stream else {}),
            **more,
        }
        body = msgspec.json.encode(asked)
        lines = [
            f"POST {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def prompt() -> str:
    """Return words of a question with a number in it that comes once."""
    number = next(_numbers)
    words = _turned(_WORDS, number % len(_WORDS))
    text = f"Question {number:x}: what does {' '.join(words)} mean, and when? "
    return (text * (PROMPT_CHARACTERS // len(text) + 1))[:PROMPT_CHARACTERS]


def _turned(words: list[str], at: int) -> list[str]:
    return words[at:] + words[:at]


@dataclass(slots=True)
class Reply:
    """What came: the status, the body, and when its first byte was there."""

    status: int = 0
    body: bytearray = field(default_factory=bytearray)
    first_at: float = 0.0
    ended_at: float = 0.0
    cut: bool = False


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[Reply] | None = None
        self._reply = Reply()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, port: int, request: bytes, *, seconds: float = ANSWER_SECONDS_MAX) -> Reply:
        """Send it and return what comes, or what there was when the connection was cut or the time was over."""
        if self._transport is None or self._transport.is_closing():
            await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        assert self._transport is not None
        self._reply, self._answer = Reply(), asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        try:
            async with asyncio.timeout(seconds):
                return await self._answer
        except TimeoutError:
            self.hang_up()
            self._reply.cut = True
            return self._reply

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    @property
    def so_far(self) -> Reply:
        return self._reply

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        if not self._reply.body:
            self._reply.first_at = perf_counter()
        self._reply.body += body

    def on_message_complete(self) -> None:
        self._reply.status = self._parser.get_status_code()
        if not self._parser.should_keep_alive() and self._transport is not None:
            self._transport.close()
        self._end()

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self._reply.cut = True
        self._end()

    def _end(self) -> None:
        self._reply.ended_at = perf_counter()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(self._reply)


@dataclass(slots=True)
class Heard:
    """What callers heard, all of them together."""

    seconds: list[float] = field(default_factory=list)
    lasted_seconds: float = 0.0
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def requests_per_second(self) -> float:
        return len(self.seconds) / self.lasted_seconds if self.lasted_seconds else 0.0

    def percentile_ms(self, part: float) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")


async def called(target: Target, *, callers: int, seconds: float, calls_max: int | None = None) -> Heard:
    """Have so many callers ask for so long; what was not answered with the whole answer is counted apart."""
    heard, turns = Heard(), iter(range(calls_max)) if calls_max is not None else count()
    gc.collect()
    gc.freeze()
    began = perf_counter()
    await asyncio.gather(*(_one(target, heard, turns, began + seconds) for _ in range(callers)))
    heard.lasted_seconds = perf_counter() - began
    gc.unfreeze()
    return heard


async def _one(target: Target, heard: Heard, turns: Iterator[int], until: float) -> None:
    caller = Caller()
    for _ in turns:
        began = perf_counter()
        if began >= until:
            break
        reply = await caller.ask(target.port, target.request())
        if reply.status == 200 and not reply.cut and b"choices" in reply.body:
            heard.seconds.append(perf_counter() - began)
        else:
            what = f"{reply.status or 'cut'} {bytes(reply.body[:200]).decode(errors='replace')}"
            heard.refused[what] = heard.refused.get(what, 0) + 1
    caller.hang_up()
