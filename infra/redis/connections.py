"""The Redis client: a server by its URL, or the same commands inside this process."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

ANSWER_SECONDS_MAX = 2.0
RETRIES_MAX = 1
CONNECTIONS_MAX = 50
"""Whoever comes when all are in use waits for one: the client's usual pool would refuse instead."""
CONNECTION_WAIT_SECONDS_MAX = 10.0


def connect(url: str | None) -> Redis:
    """Return a client that connects lazily; without a URL nothing leaves the process, and nothing is kept."""
    if url is None:
        from fakeredis import FakeAsyncRedis  # noqa: PLC0415  # heavy; only where there is no server

        in_process: Redis = FakeAsyncRedis(connection_pool_class=BlockingConnectionPool)
        return in_process
    pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS_MAX,
        timeout=CONNECTION_WAIT_SECONDS_MAX,
        socket_timeout=ANSWER_SECONDS_MAX,
        socket_connect_timeout=ANSWER_SECONDS_MAX,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=ANSWER_SECONDS_MAX), RETRIES_MAX),
    )
    return Redis.from_pool(pool)
