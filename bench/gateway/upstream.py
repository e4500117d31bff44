"""A provider that costs nothing to ask: OpenAI's chat completions with usage, and with the faults of providers."""

# `python -m bench.gateway.upstream` prints its port. The first part of the path says how it behaves, so that one
# process is every provider of a run: `/good/v1`, `/refusing/v1`, and so on. `GET /counts` tells what each was asked.

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final, cast

import httptools
import msgspec

from app.event_loop import fast_loop

WORDS: Final = ("Notice", " is", " four", " weeks", ",", " in", " writing", ",", " to", " the", " landlord", ".")
ANSWER: Final = "".join(WORDS)
SLOW_WORDS_MAX: Final = 2_000
SLOW_SECONDS: Final = 0.02
CUT_AFTER_WORDS: Final = 6
BYTES_PER_TOKEN: Final = 4
TURN_TOKENS: Final = 4


@dataclass(slots=True)
class Count:
    """What one behaviour was asked, and what it has told of what was used."""

    calls: int = 0
    listed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    words_sent: int = 0
    """Of answers that were cut, by either side: nobody was told what they used."""
    cut_prompt_tokens: int = 0


@dataclass(slots=True)
class Upstream:
    """What all connections share."""

    counts: dict[str, Count] = field(default_factory=dict)

    def of(self, behaviour: str) -> Count:
        return self.counts.setdefault(behaviour, Count())


def chunk(**more: Any) -> bytes:
    """Return one event of a stream."""
    said = {"id": "c-1", "object": "chat.completion.chunk", "created": 0, "model": "m", **more}
    return b"data: " + msgspec.json.encode(said) + b"\n\n"


def word(text: str) -> bytes:
    return chunk(choices=[{"index": 0, "delta": {"content": text}, "finish_reason": None}])


_WORDS: Final = [word(text) for text in WORDS]
_END: Final = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
_DONE: Final = b"data: [DONE]\n\n"
_STREAM: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Connection(asyncio.Protocol):
    """One client's connection; requests come one after the other."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._parser = httptools.HttpRequestParser(self)
        self._url, self._body = b"", b""
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, error: Exception | None) -> None:
        del error
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._url, self._body = url, b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        behaviour = self._url.decode().split("/")[1]
        if behaviour == "counts":
            told = {name: asdict(count) for name, count in self._upstream.counts.items()}
            self._json(msgspec.json.encode(told))
            return
        count = self._upstream.of(behaviour)
        if self._url.endswith(b"/models"):
            count.listed += 1
            if behaviour == "refusing":
                self._refuse()
            else:
                self._json(b'{"object":"list","data":[]}')
            return
        count.calls += 1
        answer: Callable[[Count, dict[str, Any]], None] = getattr(self, f"_{behaviour}", self._good)
        answer(count, msgspec.json.decode(self._body))

    def _good(self, count: Count, asked: dict[str, Any]) -> None:
        usage = _usage(asked, len(WORDS))
        count.prompt_tokens += usage["prompt_tokens"]
        count.completion_tokens += usage["completion_tokens"]
        if asked.get("stream"):
            told = chunk(choices=[], usage=usage)
            self._transport.write(_STREAM + b"".join(map(_framed, [*_WORDS, _END, told, _DONE])) + b"0\r\n\r\n")
            return
        message = {"role": "assistant", "content": ANSWER}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        said = {"id": "c-1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices}
        self._json(msgspec.json.encode({**said, "usage": usage}))

    def _refusing(self, count: Count, asked: dict[str, Any]) -> None:
        del count, asked
        self._refuse()

    def _hanging(self, count: Count, asked: dict[str, Any]) -> None:
        """Never answer."""

    def _garbage(self, count: Count, asked: dict[str, Any]) -> None:
        del count, asked
        self._transport.write(_STREAM + _framed(b'data: {"choices": [{]\n\n\x00\xff') + b"0\r\n\r\n")

    def _cutting(self, count: Count, asked: dict[str, Any]) -> None:
        """Say half of it and hang up without a word of what was used."""
        usage = _usage(asked, CUT_AFTER_WORDS)
        count.cut_prompt_tokens += usage["prompt_tokens"]
        count.words_sent += CUT_AFTER_WORDS
        self._transport.write(_STREAM + b"".join(map(_framed, _WORDS[:CUT_AFTER_WORDS])))
        self._transport.close()

    def _slow(self, count: Count, asked: dict[str, Any]) -> None:
        """Say a word now and then, until the client has enough."""
        self._task = asyncio.ensure_future(self._slowly(count, asked))

    async def _slowly(self, count: Count, asked: dict[str, Any]) -> None:
        sent = 0
        try:
            self._transport.write(_STREAM)
            while sent < SLOW_WORDS_MAX:
                self._transport.write(_framed(_WORDS[1]))
                sent += 1
                await asyncio.sleep(SLOW_SECONDS)
            usage = _usage(asked, sent)
            count.prompt_tokens += usage["prompt_tokens"]
            count.completion_tokens += sent
            self._transport.write(b"".join(map(_framed, [_END, chunk(choices=[], usage=usage), _DONE])) + b"0\r\n\r\n")
        except asyncio.CancelledError:
            count.words_sent += sent
            count.cut_prompt_tokens += _usage(asked, sent)["prompt_tokens"]
            raise

    def _refuse(self) -> None:
        body = b'{"error":{"message":"told to","type":"server_error"}}'
        self._transport.write(
            b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )

    def _json(self, body: bytes) -> None:
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _usage(asked: dict[str, Any], written: int) -> dict[str, int]:
    """Return about what a tokenizer would count."""
    read = sum(len(str(turn.get("content") or "")) // BYTES_PER_TOKEN + TURN_TOKENS for turn in asked["messages"])
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


async def serve() -> None:
    """Serve until killed."""
    upstream = Upstream()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(upstream), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(serve())
