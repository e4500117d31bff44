"""How often signing in was tried, counted in Redis for all processes; in this one alone while Redis is away."""

import hashlib
import hmac
import time
from collections.abc import Sequence
from typing import Final

import structlog
from cachetools import TTLCache
from redis.asyncio import Redis
from redis.exceptions import RedisError

from tenancy.identity import TooManyAttempts
from tenancy.keys import sign_in_attempts

WINDOW_SECONDS: Final = 15 * 60
SUBJECTS_MAX: Final = 100_000

log = structlog.get_logger()


class RedisAttempts:
    """Implements tenancy.identity.Attempts. Redis learns keyed hashes, never an address of a person or a machine."""

    def __init__(self, redis: Redis, key: bytes) -> None:
        self._redis = redis
        self._key = key
        self._here: TTLCache[str, int] = TTLCache(SUBJECTS_MAX, WINDOW_SECONDS, timer=time.monotonic)

    async def count(self, subjects: Sequence[tuple[str, str, int]]) -> None:
        """Count in all of them before any refuses: whoever is refused has tried."""
        refused = 0
        for kind, subject, attempts_max in subjects:
            attempts, wait_seconds = await self._counted(self._name(kind, subject))
            if attempts > attempts_max:
                refused = max(refused, wait_seconds)
        if refused:
            raise TooManyAttempts(refused)

    async def forgive(self, kind: str, subject: str) -> None:
        name = self._name(kind, subject)
        if self._here.get(name):
            self._here[name] -= 1
        try:
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.decr(name)
                # Should it have run out meanwhile, it must not begin to live for ever.
                pipeline.expire(name, WINDOW_SECONDS, nx=True)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("sign_in.attempts_not_forgiven", error=type(error).__name__)

    async def _counted(self, name: str) -> tuple[int, int]:
        try:
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.incr(name)
                pipeline.expire(name, WINDOW_SECONDS, nx=True)
                pipeline.ttl(name)
                attempts, _, wait_seconds = await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("sign_in.attempts_counted_here_alone", error=type(error).__name__)
            attempts, wait_seconds = self._here.get(name, 0) + 1, WINDOW_SECONDS
            self._here[name] = attempts
        return attempts, max(1, wait_seconds)

    def _name(self, kind: str, subject: str) -> str:
        said = f"{kind}/{subject}".encode(errors="replace")
        return sign_in_attempts(hmac.new(self._key, said, hashlib.sha256).digest())
