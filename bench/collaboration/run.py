"""The whole measurement in one run: the servers take turns on the same processors, and medians are compared."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.collaboration import kills, standing
from bench.collaboration.colophon import Colophon
from bench.collaboration.converging import converged
from bench.collaboration.effort import RATES, Effort
from bench.collaboration.hocuspocus import Hocuspocus, version
from bench.collaboration.load import Load, measure
from bench.collaboration.quiet import quiet
from bench.collaboration.saturation import saturation
from bench.collaboration.server import Server
from bench.collaboration.trace import Trace, cold_load
from bench.medians import medians
from tests.support.up import fresh_folder

Figures = dict[str, Any]


async def measured(effort: Effort, *, trace: Path | None, seed: int) -> Figures:
    """Run everything; return the figures and, under `summary`, what the last line says."""
    history = await asyncio.to_thread(Trace.read, trace) if trace else Trace.made(effort.made_edits)
    updates = await asyncio.to_thread(history.updates, effort.trace_updates)
    async with both() as servers:
        figures: Figures = {
            "hocuspocus": version(),
            "effort": asdict(effort),
            "trace": {"name": history.name, "edits": len(history.edits)},
            "canaries": {server.name: await converged(server, words=effort.canary_words) for server in servers},
            "memory": await _of_each(servers, effort, lambda server: standing.memory(
                server, documents=effort.idle_documents, connections=effort.idle_connections,
                settle_seconds=effort.settle_seconds)),
            "goals": await _goals(servers, effort),
            "grid": await _grid(servers, effort),
            "saturation": await _saturation(servers, effort),
            "join_storm": await _of_each(servers, effort, lambda server: standing.join_storm(
                server, clients=effort.joining, document_bytes=effort.joined_bytes)),
            "cold_load": await _of_each(servers, effort, lambda server: cold_load(
                server, updates, documents=effort.trace_documents, store_seconds=effort.store_seconds,
                settle_seconds=effort.settle_seconds, rest_seconds_max=effort.rest_seconds_max)),
            "kills": await _kills(servers, effort, seed),
        }  # fmt: skip
    return {**figures, "summary": _summary(figures)}


@asynccontextmanager
async def both() -> AsyncIterator[Sequence[Server]]:
    """Both servers on empty folders; nothing of them is left."""
    with fresh_folder() as folder:
        await asyncio.to_thread(folder.mkdir)
        servers: list[Server] = [Colophon(folder / "colophon"), Hocuspocus(folder / "hocuspocus")]
        try:
            for server in servers:
                await server.start()
            yield servers
        finally:
            for server in servers:
                await server.stop()


async def _of_each(
    servers: Sequence[Server], effort: Effort, measurement: Callable[[Server], Awaitable[dict[str, float]]]
) -> Figures:
    """Measure one after the other, each while the others have nothing left to do."""
    figures = {}
    for server in servers:
        for one in servers:
            await quiet(one, effort.rest_seconds_max)
        others = [one for one in servers if one is not server]
        for one in others:
            one.pause()
        figures[server.name] = await measurement(server)
        for one in others:
            one.go_on()
    return figures


async def _under(servers: Sequence[Server], effort: Effort, load: Load) -> Figures:
    """Put a load on one after the other."""
    return await _of_each(
        servers, effort, lambda server: measure(server, load, rest_seconds_max=effort.rest_seconds_max)
    )


async def _goals(servers: Sequence[Server], effort: Effort) -> Figures:
    """Return the medians of rounds in which the servers take turns, by updates a second."""
    figures: Figures = {}
    for documents, updates_per_second in effort.goals:
        load = Load(
            documents=documents,
            clients=2,
            rate=updates_per_second / documents / 2,
            seconds=effort.goal_seconds,
        )
        rounds = [await _under(servers, effort, load) for _ in range(effort.rounds)]
        figures[str(updates_per_second)] = {"name": load.name, **medians(rounds), "rounds": rounds}
    return figures


async def _grid(servers: Sequence[Server], effort: Effort) -> Figures:
    """Return one round of each load that the generator can make, and why it makes no other."""
    figures: Figures = {}
    for documents in effort.documents:
        for clients in effort.clients:
            for rate in RATES:
                load = Load(documents=documents, clients=clients, rate=rate, seconds=effort.seconds)
                why_not = _infeasible(load, effort)
                figures[load.name] = {"why_not": why_not} if why_not else await _under(servers, effort, load)
    return figures


def _infeasible(load: Load, effort: Effort) -> str:
    if load.connections > effort.connections_max:
        return f"{load.connections:,} connections, each with both ends on this machine"
    if load.frames_per_second > effort.frames_per_second_max:
        return f"{load.frames_per_second:,.0f} frames a second are more than the generator reads beside a server"
    return ""


async def _saturation(servers: Sequence[Server], effort: Effort) -> Figures:
    return await _of_each(
        servers,
        effort,
        lambda server: saturation(
            server,
            documents=effort.saturated_documents,
            seconds=effort.goal_seconds,
            from_rate=effort.saturation_from,
            to_rate=effort.saturation_to,
            rest_seconds_max=effort.rest_seconds_max,
        ),
    )


async def _kills(servers: Sequence[Server], effort: Effort, seed: int) -> Figures:
    colophon, hocuspocus = servers
    choose = random.Random(seed)
    ours = await kills.raw_clients(colophon, effort.kills, choose, effort.typing_seconds_max)
    theirs = await kills.stock_provider(hocuspocus, "hocuspocus", effort.kills, choose, effort.typing_seconds_max)
    return {colophon.name: asdict(ours), hocuspocus.name: asdict(theirs)}


def _summary(figures: Figures) -> dict[str, float]:
    goal = next(iter(figures["goals"].values()))
    saturations, lost = figures["saturation"], figures["kills"]
    summary = {
        "fanout_p50_ms": goal["colophon"]["fanout_p50_ms"],
        "hocuspocus_fanout_p50_ms": goal["hocuspocus"]["fanout_p50_ms"],
        "fanout_p99_ms": goal["colophon"]["fanout_p99_ms"],
        "hocuspocus_fanout_p99_ms": goal["hocuspocus"]["fanout_p99_ms"],
        "saturation_vs_hocuspocus": saturations["colophon"]["updates_per_second"]
        / saturations["hocuspocus"]["updates_per_second"],
        "acked_lost": lost["colophon"]["lost"],
        "hocuspocus_acked_lost": lost["hocuspocus"]["lost"],
        "trace_cold_load_ms": figures["cold_load"]["colophon"]["load_ms"],
        "trace_doc_mb": figures["cold_load"]["colophon"]["document_mb"],
    }
    return {name: round(value, 3) for name, value in summary.items()}
