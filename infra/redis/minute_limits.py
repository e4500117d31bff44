"""Calls and tokens of the running minute, counted in Redis."""

from collections.abc import Callable
from datetime import datetime

import structlog
from redis.exceptions import RedisError

from gateway.refusals import BudgetsUnavailable, RateLimited
from infra.redis.together import Together
from tenancy.context import TenantContext
from tenancy.keys import minute_key
from tenancy.policies import Policy

_MINUTE_SECONDS = 60
_KEPT_SECONDS = 2 * _MINUTE_SECONDS

log = structlog.get_logger()


class RedisMinuteLimits:
    """Implements gateway.rates.MinuteLimits with one counter a minute."""

    def __init__(self, redis: Together, now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._now = now

    async def enter(self, context: TenantContext, policy: Policy) -> None:
        """Count one call. Raises RateLimited, BudgetsUnavailable."""
        minute, second = divmod(int(self._now().timestamp()), _MINUTE_SECONDS)
        calls = minute_key(context.tenant_id, "calls", context.member_id or context.tenant_id, minute)
        tokens = minute_key(context.tenant_id, "tokens", context.tenant_id, minute)
        try:
            # With a life before anything is counted: nothing is left that never ends.
            _, count, used = await self._redis.ask_all(
                ("SET", calls, 0, "NX", "EX", _KEPT_SECONDS), ("INCR", calls), ("GET", tokens)
            )
        except (RedisError, OSError) as error:
            raise BudgetsUnavailable from error
        if count > policy.whole("ai.requests_per_minute"):
            raise RateLimited("ai.requests_per_minute", _MINUTE_SECONDS - second)
        if int(used or 0) >= policy.whole("ai.tokens_per_minute"):
            raise RateLimited("ai.tokens_per_minute", _MINUTE_SECONDS - second)

    async def used(self, context: TenantContext, tokens: int) -> None:
        """Count what a call has used."""
        minute = int(self._now().timestamp()) // _MINUTE_SECONDS
        key = minute_key(context.tenant_id, "tokens", context.tenant_id, minute)
        try:
            await self._redis.ask_all(("SET", key, 0, "NX", "EX", _KEPT_SECONDS), ("INCRBY", key, tokens))
        except (RedisError, OSError) as error:
            log.warning("ai.tokens_not_counted", error=type(error).__name__)
