"""The Redis client: a server by its URL, or the same commands inside this process."""

from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

ANSWER_SECONDS_MAX = 2.0
RETRIES_MAX = 1


def connect(url: str | None) -> Redis:
    """Return a client that connects lazily; without a URL nothing leaves the process, and nothing is kept."""
    if url is None:
        in_process: Redis = FakeAsyncRedis()
        return in_process
    return Redis.from_url(
        url,
        socket_timeout=ANSWER_SECONDS_MAX,
        socket_connect_timeout=ANSWER_SECONDS_MAX,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=ANSWER_SECONDS_MAX), RETRIES_MAX),
    )
