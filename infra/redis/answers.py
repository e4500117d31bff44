"""Answers kept in Redis under a key of their tenant, encrypted: whoever reads Redis reads nothing."""

import hashlib
import hmac
import os

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.ids import TenantId
from gateway.answers import KeptAnswer
from tenancy.context import TenantContext
from tenancy.keys import answer_key

ANSWER_BYTES_MAX = 256 * 1024
_NONCE_BYTES = 12

log = structlog.get_logger()


async def forget_answers(redis: Redis, tenant_id: TenantId) -> None:
    """Delete every answer kept for a tenant: they do not say what of it they rest on. Raises RedisError."""
    async for name in redis.scan_iter(match=answer_key(tenant_id, "*"), count=1_000):
        await redis.unlink(name)


class RedisAnswers:
    """Implements gateway.answers.AnswerCache; without Redis nothing is kept and nothing fails."""

    def __init__(self, redis: Redis, secret: bytes) -> None:
        self._redis = redis
        self._secret = secret

    async def find(self, key: str, context: TenantContext) -> KeptAnswer | None:
        """Return the answer, None when there is none that can be opened."""
        name = answer_key(context.tenant_id, key)
        try:
            sealed = await self._redis.get(name)
            if not isinstance(sealed, bytes):
                return None
            opened = self._cipher(context.tenant_id).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode()
            )
        except (RedisError, OSError, InvalidTag) as error:
            log.warning("ai.kept_answer_unreadable", error=type(error).__name__)
            return None
        return msgspec.json.decode(opened, type=KeptAnswer)

    async def keep(self, key: str, answer: KeptAnswer, context: TenantContext, *, seconds: int) -> None:
        """Keep it for so long, unless it is very large."""
        plain = msgspec.json.encode(answer)
        if len(plain) > ANSWER_BYTES_MAX:
            return
        name, nonce = answer_key(context.tenant_id, key), os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher(context.tenant_id).encrypt(nonce, plain, name.encode())
        try:
            await self._redis.set(name, sealed, ex=seconds)
        except (RedisError, OSError) as error:
            log.warning("ai.answer_not_kept", error=type(error).__name__)

    def _cipher(self, tenant_id: TenantId) -> AESGCM:
        return AESGCM(hmac.new(self._secret, tenant_id.bytes, hashlib.sha256).digest())
