"""Answers kept in Redis under a key of their tenant, encrypted: whoever reads Redis reads nothing."""

import hashlib
import hmac
import os
from dataclasses import dataclass

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.ids import TenantId
from gateway.answers import NOWHERE, KeptAnswer, Place
from infra.redis.together import Together
from tenancy.context import TenantContext
from tenancy.keys import answer_key, answers_age

ANSWER_BYTES_MAX = 256 * 1024
_NONCE_BYTES = 12
_AGE_BYTES = 16

log = structlog.get_logger()


async def forget_answers(redis: Redis, tenant_id: TenantId) -> None:
    """
    Delete every answer kept for a tenant: they do not say what of it they rest on. Raises RedisError.

    First a new age begins, so that an answer which a model is giving just now is not found again either.
    """
    await redis.set(answers_age(tenant_id), os.urandom(_AGE_BYTES))
    async for name in redis.scan_iter(match=answer_key(tenant_id, "*"), count=1_000):
        await redis.unlink(name)


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals what is kept under its tenant, its place and the age in which it was begun."""

    secret: bytes

    def sealed(self, plain: bytes, place: Place, tenant_id: TenantId) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher(tenant_id).encrypt(nonce, plain, _bound_to(place))

    def opened(self, sealed: bytes, place: Place, tenant_id: TenantId) -> bytes | None:
        """Return what was sealed; None when it is of an earlier age, or was not sealed here."""
        try:
            return self._cipher(tenant_id).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(place))
        except InvalidTag:
            return None

    def _cipher(self, tenant_id: TenantId) -> AESGCM:
        return AESGCM(hmac.new(self.secret, tenant_id.bytes, hashlib.sha256).digest())


class RedisAnswers:
    """Implements gateway.answers.AnswerCache; without Redis nothing is kept and nothing fails."""

    def __init__(self, redis: Together, secret: bytes) -> None:
        self._redis = redis
        self._seal = Seal(secret)

    async def find(self, key: str, context: TenantContext) -> tuple[Place, KeptAnswer | None]:
        """Return the answer, None when there is none of this age that can be opened, and where one belongs."""
        name = answer_key(context.tenant_id, key)
        try:
            age, sealed = await self._redis.ask("MGET", answers_age(context.tenant_id), name)
        except (RedisError, OSError) as error:
            log.warning("ai.kept_answer_unreadable", error=type(error).__name__)
            return NOWHERE, None
        place = Place(key, age if isinstance(age, bytes) else b"")
        opened = self._seal.opened(sealed, place, context.tenant_id) if isinstance(sealed, bytes) else None
        return place, None if opened is None else msgspec.json.decode(opened, type=KeptAnswer)

    async def keep(self, place: Place, answer: KeptAnswer, context: TenantContext, *, seconds: int) -> None:
        """Keep it for so long, unless it is very large."""
        plain = msgspec.json.encode(answer)
        if len(plain) > ANSWER_BYTES_MAX or not place.found:
            return
        name = answer_key(context.tenant_id, place.key)
        sealed = self._seal.sealed(plain, place, context.tenant_id)
        try:
            await self._redis.ask("SET", name, sealed, "EX", seconds)
        except (RedisError, OSError) as error:
            log.warning("ai.answer_not_kept", error=type(error).__name__)


def _bound_to(place: Place) -> bytes:
    return place.key.encode() + b"/" + (place.age or b"")
