"""What becomes of calls while the first model of their route is gone, refuses, or hangs; and when nobody answers."""

import asyncio
from time import perf_counter
from typing import Any, Final

from bench.gateway.callers import Caller, Heard, Target, called
from bench.gateway.colophon import Colophon
from bench.gateway.effort import Effort
from bench.gateway.servers import Provider

Figures = dict[str, Any]

SETTLE_SECONDS: Final = 1.2
"""Every process follows a changed setting within a second."""
CIRCUIT_FAILURES: Final = 5


async def failovers(colophon: Colophon, provider: Provider, effort: Effort) -> Figures:
    """Return how long calls take that fail over, for each kind of failure, and how often the failed one was asked."""
    figures: Figures = {}
    for fault in ("dead", "refusing"):
        await _route(colophon, f"{fault}/m", "good/m")
        before = await _asked(provider, fault)
        opening = CIRCUIT_FAILURES * colophon.workers
        first = await called(colophon.target, callers=1, seconds=60, calls_max=opening)
        opened = await _asked(provider, fault)
        rest = await called(colophon.target, callers=1, seconds=60, calls_max=effort.failover_calls)
        seconds = [*first.seconds, *rest.seconds]
        heard = Heard(seconds=seconds)
        figures[fault] = {
            "p50_ms": heard.percentile_ms(0.5),
            "p95_ms": heard.percentile_ms(0.95),
            "answered": len(seconds) / (opening + effort.failover_calls),
            "asked_until_open": opened - before,
            # One caller's calls all go to one worker: the other one's circuit may open in between.
            "asked_after": await _asked(provider, fault) - opened,
        }
    figures["hanging"] = await _hanging(colophon, effort)
    figures["p95_ms"] = max(figures[fault]["p95_ms"] for fault in ("dead", "refusing"))
    return figures


async def nobody(colophon: Colophon, effort: Effort) -> Figures:
    """Return how many calls the local model answers when every provider is down, and how fast."""
    await _route(colophon, "dead/m", "refusing/m")
    heard = await called(colophon.target, callers=8, seconds=60, calls_max=effort.outage_calls)
    await _route(colophon, "good/m")
    return {
        "answered": len(heard.seconds) / effort.outage_calls,
        "p50_ms": heard.percentile_ms(0.5),
        "p95_ms": heard.percentile_ms(0.95),
    }


async def kill_switch(colophon: Colophon, effort: Effort) -> Figures:
    """Return how long streams go on after AI was switched off."""
    callers, target = [Caller() for _ in range(effort.streams)], colophon.asking("slow/m")
    streams = [asyncio.create_task(_streamed(caller, target)) for caller in callers]
    await asyncio.sleep(1.0)
    running = sum(bool(caller.so_far.body) for caller in callers)
    switched = perf_counter()
    await colophon.set("ai.enabled", value=False)
    ended = [await stream for stream in streams]
    await colophon.set("ai.enabled", value=True)
    await asyncio.sleep(SETTLE_SECONDS)
    return {"streams": running, "last_ended_ms": 1000 * (max(ended) - switched)}


async def _streamed(caller: Caller, target: Target) -> float:
    reply = await caller.ask(target.port, target.request(stream=True, max_tokens=4_000))
    caller.hang_up()
    return reply.ended_at


async def _hanging(colophon: Colophon, effort: Effort) -> Figures:
    """A model that never begins costs its deadline, once for each of the calls before its circuit opens."""
    await _route(colophon, "hanging/m", "good/m")
    await colophon.set("ai.first_token_seconds", 1)
    await asyncio.sleep(SETTLE_SECONDS)
    heard = await called(colophon.target, callers=1, seconds=60, calls_max=CIRCUIT_FAILURES * colophon.workers)
    beyond = [1000 * (seconds - 1) for seconds in heard.seconds if seconds >= 1]
    rest = await called(colophon.target, callers=1, seconds=60, calls_max=effort.failover_calls)
    await colophon.set("ai.first_token_seconds", 20)
    answered, calls = (
        len(heard.seconds) + len(rest.seconds),
        CIRCUIT_FAILURES * colophon.workers + effort.failover_calls,
    )
    return {
        "beyond_deadline_ms": max(beyond, default=0.0),
        "p95_ms_while_open": rest.percentile_ms(0.95),
        "answered": answered / calls,
    }


async def _route(colophon: Colophon, *models: str) -> None:
    for route in ("small", "large"):
        await colophon.set(f"ai.route.{route}", list(models))
    await asyncio.sleep(SETTLE_SECONDS)


async def _asked(provider: Provider, fault: str) -> int:
    return (await provider.counts()).get(fault, {}).get("calls", 0)
