"""Fan-out between processes over Redis pub/sub; when Redis is away, each process goes on with what it has."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

WAITING_MESSAGES_MAX = 10_000
RECONNECT_SECONDS = 1.0
_PROCESS_BYTES = 16

log = structlog.get_logger()


class RedisFanout:
    """Implements api.live.fanout.Fanout. A message is the sender's 16-byte process id and its payload."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._process = uuid4().bytes
        self._heard: dict[str, Callable[[bytes], None]] = {}
        self._outgoing: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(WAITING_MESSAGES_MAX)
        self._pubsub = redis.pubsub(ignore_subscribe_messages=True)
        self._subscribed = asyncio.Event()

    def publish(self, channel: str, message: bytes) -> None:
        try:
            self._outgoing.put_nowait((channel, self._process + message))
        except asyncio.QueueFull:
            log.warning("fanout.full")

    async def subscribe(self, channel: str, heard: Callable[[bytes], None]) -> None:
        self._heard[channel] = heard
        try:
            await self._pubsub.subscribe(channel)
            self._subscribed.set()
        except (RedisError, OSError) as error:
            log.warning("fanout.subscribe_failed", error=type(error).__name__)

    async def unsubscribe(self, channel: str, heard: Callable[[bytes], None]) -> None:
        if self._heard.get(channel) != heard:
            return
        del self._heard[channel]
        try:
            await self._pubsub.unsubscribe(channel)
        except (RedisError, OSError) as error:
            log.warning("fanout.unsubscribe_failed", error=type(error).__name__)

    async def send(self) -> None:
        """Publish what is queued, until cancelled."""
        while True:
            channel, message = await self._outgoing.get()
            try:
                await self._redis.publish(channel, message)
            except (RedisError, OSError) as error:
                log.warning("fanout.publish_failed", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def receive(self) -> None:
        """Deliver what others publish, until cancelled; subscribes again when Redis comes back."""
        while True:
            # Before the first subscription there is no connection to read from.
            await self._subscribed.wait()
            try:
                message = await self._pubsub.get_message(timeout=RECONNECT_SECONDS)
                if message is not None:
                    self._deliver(message["channel"].decode(), message["data"])
            except Exception as error:  # noqa: BLE001  # whatever somebody published, the next message must be heard
                log.warning("fanout.receive_failed", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)
                await self._subscribe_again()

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

    def _deliver(self, channel: str, data: bytes) -> None:
        heard = self._heard.get(channel)
        if heard is not None and data[:_PROCESS_BYTES] != self._process:
            heard(data[_PROCESS_BYTES:])

    async def _subscribe_again(self) -> None:
        try:
            if self._heard:
                await self._pubsub.subscribe(*self._heard)
        except (RedisError, OSError):
            return
