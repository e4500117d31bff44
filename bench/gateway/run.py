"""The whole measurement in one run: the gateways take turns before the same provider, on the same processors."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from bench.gateway import failover, money
from bench.gateway.callers import called
from bench.gateway.colophon import Colophon
from bench.gateway.effort import Effort
from bench.gateway.litellm import LiteLLM
from bench.gateway.portkey import Portkey
from bench.gateway.servers import Gateway, NotInstalled, Provider
from bench.gateway.speed import load, single
from bench.medians import medians
from tests.support.up import fresh_folder

Figures = dict[str, Any]


async def measured(effort: Effort) -> Figures:
    """Run everything; return the figures and, under `summary`, what the last line says."""
    async with everybody(peers=effort.peers) as (provider, colophon, gateways, missing):
        for gateway in gateways:
            await called(gateway.target, callers=8, seconds=effort.warming_seconds)
        figures: Figures = {
            "effort": asdict(effort),
            "gateways": {gateway.name: gateway.what for gateway in gateways},
            "missing": missing,
            "single": await _single(gateways, effort),
            "loads": await _loads(gateways, provider, effort),
        }
        figures |= await _honest(colophon, provider, effort)
    return {**figures, "summary": summary(figures)}


async def _honest(colophon: Colophon, provider: Provider, effort: Effort) -> Figures:
    """Return what happens when something fails, and to the money."""
    figures: Figures = {
        "ledger": await money.ledger(colophon, provider, effort),
        "cut_streams": await money.cut_streams(colophon, provider, effort),
        "money": await money.overspend(colophon, effort),
        "kill_switch": await failover.kill_switch(colophon, effort),
        "failover": await failover.failovers(colophon, provider, effort),
        "nobody": await failover.nobody(colophon, effort),
    }
    if effort.killed:
        figures["money"] |= await money.leaked(colophon)
    return figures


@asynccontextmanager
async def everybody(*, peers: bool) -> AsyncIterator[tuple[Provider, Colophon, Sequence[Gateway], dict[str, str]]]:
    """The provider and every gateway that can be installed here; why the others cannot."""
    with fresh_folder() as folder:
        await asyncio.to_thread(folder.mkdir)
        folder.chmod(0o755)
        provider, colophon = Provider(), Colophon(folder / "colophon")
        others: list[Gateway] = [LiteLLM(folder / "litellm"), Portkey(folder / "portkey")] if peers else []
        started: list[Gateway] = [provider]
        missing = {} if peers else dict.fromkeys(("litellm", "portkey"), "not asked for in a quick run")
        try:
            await provider.start()
            started.append(colophon)
            await colophon.start(provider.port)
            for peer in others:
                started.append(peer)
                try:
                    await peer.start(provider.port)
                except NotInstalled as reason:
                    missing[peer.name] = str(reason)
            yield provider, colophon, [one for one in started if one.name not in missing], missing
        finally:
            for gateway in reversed(started):
                await gateway.stop()


async def _single(gateways: Sequence[Gateway], effort: Effort) -> Figures:
    rounds = [{gateway.name: await single(gateway, effort) for gateway in gateways} for _ in range(effort.rounds)]
    return medians(rounds)


async def _loads(gateways: Sequence[Gateway], provider: Provider, effort: Effort) -> Figures:
    figures: Figures = {}
    for callers in effort.loads:
        rounds = [
            {gateway.name: await load(gateway, provider, effort, callers) for gateway in gateways}
            for _ in range(effort.rounds)
        ]
        figures[str(callers)] = medians(rounds)
    return figures


def summary(figures: Figures) -> dict[str, float | None]:
    """Return the figures of the last line; what was not measured is null."""
    single_calls, loads = figures["single"], figures["loads"]
    ours, direct = single_calls["colophon"], single_calls["direct"]
    added = {name: one["p50_ms"] - direct["p50_ms"] for name, one in single_calls.items()}
    rates = {name: max(point[name]["requests_per_second"] for point in loads.values()) for name in single_calls}
    told: dict[str, float | None] = {
        "added_p50_ms": added["colophon"],
        "added_p95_ms": ours["p95_ms"] - direct["p95_ms"],
        "rps_two_workers": rates["colophon"],
        "rps_vs_litellm": rates["colophon"] / rates["litellm"] if "litellm" in rates else None,
        "added_p50_vs_portkey": added["colophon"] / added["portkey"] if "portkey" in added else None,
        "failover_p95_ms": figures.get("failover", {}).get("p95_ms"),
        "overspend_micro": figures.get("money", {}).get("overspend_micro"),
        "leaked_holds": figures.get("money", {}).get("leaked_holds"),
    }
    return {name: None if value is None else round(value, 3) for name, value in told.items()}
