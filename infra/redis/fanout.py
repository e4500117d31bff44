"""Fan-out between processes over Redis pub/sub; when Redis is away, each process goes on with what it has."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

WAITING_MESSAGES_MAX = 10_000
MESSAGES_TOGETHER_MAX = 64
RECONNECT_SECONDS = 0.5
_PROCESS_BYTES = 16

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Listener:
    heard: Callable[[bytes], None]
    listening: Callable[[], None] | None


class RedisFanout:
    """
    Implements api.live.fanout.Fanout. A message is the sender's 16-byte process id and its payload.

    In a process without a Redis to share with others nobody listens, and nothing is said.
    """

    def __init__(self, redis: Redis, *, is_shared: bool) -> None:
        self._redis = redis
        self._is_shared = is_shared
        self._process = uuid4().bytes
        self._listeners: dict[str, _Listener] = {}
        self._asked_for: set[str] = set()
        self._anew: set[str] = set()
        """Channels that somebody else has taken over, who must be told when it is heard."""
        self._waiting: dict[object, tuple[str, bytes]] = {}
        """In order; a hint stands under its channel, any other message under a key of its own."""
        self._pubsub = redis.pubsub()
        self._to_do = asyncio.Event()
        self._connected = asyncio.Event()

    def publish(self, channel: str, message: bytes) -> None:
        if not self._is_shared:
            return
        if len(self._waiting) >= WAITING_MESSAGES_MAX:
            log.warning("fanout.full")
            return
        self._waiting[object()] = (channel, self._process + message)
        self._to_do.set()

    def hint(self, channel: str, message: bytes) -> None:
        if self._is_shared:
            self._waiting[channel] = (channel, self._process + message)
            self._to_do.set()

    async def subscribe(
        self, channel: str, heard: Callable[[bytes], None], listening: Callable[[], None] | None = None
    ) -> None:
        self._listeners[channel] = _Listener(heard, listening)
        self._anew.add(channel)
        if self._is_shared:
            self._to_do.set()

    async def unsubscribe(self, channel: str, heard: Callable[[bytes], None]) -> None:
        listener = self._listeners.get(channel)
        if listener is not None and listener.heard == heard:
            del self._listeners[channel]
            self._to_do.set()

    async def send(self) -> None:
        """Subscribe to what is wanted and publish what waits, until cancelled."""
        while True:
            await self._to_do.wait()
            self._to_do.clear()
            try:
                await self._subscribe()
                await self._publish()
            except (RedisError, OSError) as error:
                log.warning("fanout.send_failed", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)
                self._to_do.set()

    async def receive(self) -> None:
        """Deliver what others publish, until cancelled; whoever sends subscribes again when Redis comes back."""
        while True:
            # Before the first subscription, or when the line was lost, there is nothing to read from.
            await self._connected.wait()
            try:
                message = await self._pubsub.get_message(timeout=RECONNECT_SECONDS)
            except Exception as error:  # noqa: BLE001  # whatever the line brings, the next message must be heard
                log.warning("fanout.receive_failed", error=type(error).__name__)
                self._connected.clear()
                self._asked_for.clear()
                self._to_do.set()
                continue
            if message is not None:
                self._deliver(message)

    async def close(self) -> None:
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        await self._redis.aclose()

    async def failure(self) -> str | None:
        """Return why Redis is not ready, or None when it is."""
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            return f"does not answer ({type(error).__name__})"
        return None

    async def _subscribe(self) -> None:
        wanted = set(self._listeners)
        if new := wanted - (self._asked_for - self._anew):
            await self._pubsub.subscribe(*new)
            self._asked_for |= new
            self._anew.clear()
            self._connected.set()
        if gone := self._asked_for - wanted:
            await self._pubsub.unsubscribe(*gone)
            self._asked_for -= gone

    async def _publish(self) -> None:
        while self._waiting:
            keys = list(islice(self._waiting, MESSAGES_TOGETHER_MAX))
            async with self._redis.pipeline(transaction=False) as pipeline:
                for key in keys:
                    pipeline.publish(*self._waiting.pop(key))
                await pipeline.execute()

    def _deliver(self, message: dict[str, Any]) -> None:
        # A "pong" has no channel.
        listener = self._listeners.get((message["channel"] or b"").decode())
        if listener is None:
            return
        try:
            if message["type"] == "message" and message["data"][:_PROCESS_BYTES] != self._process:
                listener.heard(message["data"][_PROCESS_BYTES:])
            elif message["type"] == "subscribe" and listener.listening is not None:
                listener.listening()
        except Exception as error:  # noqa: BLE001  # whatever somebody published, the next message must be heard
            log.warning("fanout.not_understood", error=type(error).__name__)
