"""Whether a budget holds, whether anything stays held, and whether the ledger says what the provider counted."""

import asyncio
import os
import signal
from typing import Any, Final
from uuid import UUID

from bench.gateway.callers import Caller, Heard, called
from bench.gateway.colophon import TIMEOUT_SECONDS, Colophon
from bench.gateway.effort import Effort
from bench.gateway.failover import SETTLE_SECONDS
from bench.gateway.servers import Provider
from bench.gateway.upstream import SLOW_WORDS_MAX
from domain.ids import TenantId
from gateway.budget import LEASE_MARGIN_SECONDS
from tenancy.keys import leases_key

Figures = dict[str, Any]

CALLERS_AT_ONCE: Final = 200
NEARLY_EMPTY_MICROS: Final = 4_000
SWEPT_SECONDS: Final = 10
_CALLS: Final = "SELECT count(*), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0) FROM read.ai_calls "


async def overspend(colophon: Colophon, effort: Effort) -> Figures:
    """Return what 200 callers at once spend above what a budget has left."""
    spent = await _spent(colophon)
    await colophon.set("ai.member_day_micros", spent + NEARLY_EMPTY_MICROS)
    await asyncio.sleep(SETTLE_SECONDS)
    heard = Heard()
    for _ in range(effort.crowds):
        more = await called(colophon.target, callers=CALLERS_AT_ONCE, seconds=60, calls_max=2 * CALLERS_AT_ONCE)
        heard.seconds += more.seconds
        heard.refused |= more.refused
    over = await _spent(colophon) - spent - NEARLY_EMPTY_MICROS
    await colophon.set("ai.member_day_micros", 100_000_000_000)
    await asyncio.sleep(SETTLE_SECONDS)
    return {
        "overspend_micro": max(0, over),
        "left_micro": max(0, -over),
        "answered": len(heard.seconds),
        "refused": CALLERS_AT_ONCE * 2 * effort.crowds - len(heard.seconds),
    }


async def ledger(colophon: Colophon, provider: Provider, effort: Effort) -> Figures:
    """Return by how much the ledger differs from what the provider has counted, whole calls and cut ones apart."""
    before, was = (await provider.counts())["good"], await _tokens(colophon, "good")
    await called(colophon.target, callers=16, seconds=effort.load_seconds)
    counted, told = (await provider.counts())["good"], await _tokens(colophon, "good")
    theirs = sum(counted[name] - before[name] for name in ("prompt_tokens", "completion_tokens"))
    ours = sum(told) - sum(was)
    return {"provider_tokens": theirs, "ledger_tokens": ours, "off_percent": 100 * abs(ours - theirs) / max(1, theirs)}


async def cut_streams(colophon: Colophon, provider: Provider, effort: Effort) -> Figures:
    """Return by how much the ledger differs from what was sent of streams that their readers left."""
    callers, target = [Caller() for _ in range(effort.streams)], colophon.asking("slow/m")
    before = await _tokens(colophon, "slow")
    wishes = [target.request(stream=True, max_tokens=SLOW_WORDS_MAX) for _ in callers]
    asked = [asyncio.create_task(_left(one, target.port, wish)) for one, wish in zip(callers, wishes, strict=True)]
    await asyncio.gather(*asked)
    await asyncio.sleep(SETTLE_SECONDS)
    counted, after = (await provider.counts())["slow"], await _tokens(colophon, "slow")
    return {"sent_words": counted["words_sent"], "ledger_words": after[1] - before[1]}


async def leaked(colophon: Colophon) -> Figures:
    """Return how many holds stand a lease after the workers were killed while they had calls."""
    await colophon.set("ai.timeout_seconds", TIMEOUT_SECONDS)
    await asyncio.sleep(SETTLE_SECONDS)
    target = colophon.asking("slow/m")
    callers = [Caller() for _ in range(32)]
    wishes = [target.request(stream=True, max_tokens=SLOW_WORDS_MAX) for _ in callers]
    asking = zip(callers, wishes, strict=True)
    asked = [asyncio.create_task(one.ask(target.port, wish, seconds=20)) for one, wish in asking]
    await asyncio.sleep(1.5)
    held = await holds(colophon)
    for worker in colophon.serving():
        os.kill(worker.pid, signal.SIGKILL)
    await asyncio.gather(*asked, return_exceptions=True)
    await colophon.again()
    await asyncio.sleep(TIMEOUT_SECONDS + LEASE_MARGIN_SECONDS + SWEPT_SECONDS)
    return {"held_when_killed": held, "leaked_holds": await holds(colophon)}


async def holds(colophon: Colophon) -> int:
    """Return how many holds of the tenant stand."""
    redis = colophon.redis
    try:
        return int(await redis.zcard(leases_key(TenantId(UUID(colophon.tenant_id)))))
    finally:
        await redis.aclose()


async def _left(caller: Caller, port: int, request: bytes) -> None:
    asking = asyncio.create_task(caller.ask(port, request))
    await asyncio.sleep(2.0)
    caller.hang_up()
    await asking


async def _spent(colophon: Colophon) -> int:
    query = "SELECT coalesce(sum(spent_micros), 0) FROM read.ai_spend WHERE scope = 'member_day' AND owner_id = %s"
    return int((await colophon.rows(query, colophon.owner_id))[0][0])


async def _tokens(colophon: Colophon, provider: str) -> tuple[int, int]:
    ((_, read, written),) = await colophon.rows(_CALLS + "WHERE provider = %s", provider)
    return int(read), int(written)
