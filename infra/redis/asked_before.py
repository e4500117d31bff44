"""Questions that were answered, kept in Redis beside the answers: sealed as they are, and gone when they are."""

from array import array
from collections.abc import Sequence

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.answers import Place
from gateway.likeness.alike import Asked
from infra.redis.answers import Seal
from tenancy.context import TenantContext
from tenancy.keys import answer_key

QUESTIONS_MAX = 200
"""Of one place, the newest: each is opened and compared with the one that is asked."""

log = structlog.get_logger()


class _Kept(msgspec.Struct):
    question: str
    vector: bytes
    key: str
    sources: tuple[str, ...]


class RedisAskedBefore:
    """Implements gateway.likeness.alike.AskedBefore; without Redis nobody has asked anything."""

    def __init__(self, redis: Redis, secret: bytes) -> None:
        self._redis = redis
        self._seal = Seal(secret)

    async def of(self, place: Place, context: TenantContext) -> Sequence[Asked]:
        """Return the questions of this age, the newest first."""
        try:
            kept = await self._redis.lrange(answer_key(context.tenant_id, place.key), 0, QUESTIONS_MAX - 1)
        except (RedisError, OSError) as error:
            log.warning("ai.asked_before_unreadable", error=type(error).__name__)
            return []
        sealed = (one for one in kept if isinstance(one, bytes))
        opened = (self._seal.opened(one, place, context.tenant_id) for one in sealed)
        return [_asked(msgspec.msgpack.decode(plain, type=_Kept)) for plain in opened if plain is not None]

    async def add(self, place: Place, asked: Asked, context: TenantContext, *, seconds: int) -> None:
        kept = _Kept(asked.question, array("f", asked.vector).tobytes(), asked.key, asked.sources)
        sealed = self._seal.sealed(msgspec.msgpack.encode(kept), place, context.tenant_id)
        name = answer_key(context.tenant_id, place.key)
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.lpush(name, sealed)
                pipeline.ltrim(name, 0, QUESTIONS_MAX - 1)
                pipeline.expire(name, seconds)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("ai.question_not_kept", error=type(error).__name__)


def _asked(kept: _Kept) -> Asked:
    vector = array("f")
    vector.frombytes(kept.vector)
    return Asked(question=kept.question, vector=tuple(vector), key=kept.key, sources=kept.sources)
