"""The whole measurement in one run: product and baselines take turns, and medians are compared."""

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from psycopg.rows import TupleRow

from app.foundation import Foundation
from bench.event_log import appends, reading, row_security, stock_recorder
from bench.event_log.plain_inserts import PlainInserts
from bench.event_log.world import World, new_tenant, running_world
from bench.medians import medians
from domain.ids import TenantId

COMPARED = (1, 16, 64)
CROWD = 64
SLOW_FLUSH_MICROSECONDS = 2_000

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long it takes: enough for figures that repeat, or a moment to see that all of it runs."""

    callers: tuple[int, ...]
    tenants: int
    rounds: int
    rounds_with_slow_flushes: int
    seconds: float
    rows: int
    events: int
    live_appends: int


FULL = Effort(
    callers=(1, 8, 16, 64, 256),
    tenants=64,
    rounds=3,
    rounds_with_slow_flushes=1,
    seconds=3.0,
    rows=100_000,
    events=20_000,
    live_appends=300,
)
QUICK = Effort(
    callers=COMPARED,
    tenants=4,
    rounds=1,
    rounds_with_slow_flushes=1,
    seconds=0.05,
    rows=1_000,
    events=400,
    live_appends=5,
)


async def measured(effort: Effort) -> Figures:
    """Run everything; return the figures and, under `ratios`, what is compared."""
    async with running_world() as world:
        plain, postgresql = PlainInserts(world.url), await world.version()
        await plain.prepare()
        async with world.log() as base:
            await appends.measure(base, [new_tenant()], callers=CROWD, seconds=effort.seconds)
            writing = [await _writing(base, plain, world, effort) for _ in range(effort.rounds)]
            await _slow_flushes(world, SLOW_FLUSH_MICROSECONDS)
            slow = [await _compared(base, plain, world, effort) for _ in range(effort.rounds_with_slow_flushes)]
            await _slow_flushes(world, 0)
            catching_up = [await _catching_up(base, world, effort) for _ in range(effort.rounds)]
            replayed = [await reading.replay(base, effort.events // 4 // 100 * 100) for _ in range(effort.rounds)]
        seen, waited = await reading.seen_and_waited(world, effort.live_appends)
        security = await row_security.on_vs_off(
            world, rounds=2 * effort.rounds, seconds=effort.seconds / 3, events=effort.events // 10
        )
    figures = {
        "postgresql": postgresql,
        "effort": asdict(effort),
        "writing": medians(writing),
        "writing_with_slow_flushes": {"flush_microseconds": SLOW_FLUSH_MICROSECONDS, **medians(slow)},
        "catching_up": medians(catching_up),
        "replay_events_per_second": median(replayed),
        "visible_ms": {"p50": reading.percentile(seen, 0.5), "p99": reading.percentile(seen, 0.99)},
        "wait_ms": {"p50": reading.percentile(waited, 0.5), "p99": reading.percentile(waited, 0.99)},
        "row_security_on_vs_off": security,
    }
    rounds = {"writing": writing, "writing_with_slow_flushes": slow, "catching_up": catching_up}
    with_slow_flushes = {name: round(value, 3) for name, value in _of_writing(medians(slow)).items()}
    return {**figures, "rounds": rounds, "ratios": _ratios(figures), "ratios_with_slow_flushes": with_slow_flushes}


async def _writing(base: Foundation, plain: PlainInserts, world: World, effort: Effort) -> Figures:
    """One round of all appends and of what they are compared with."""
    figures = await _compared(base, plain, world, effort)
    one, many = [new_tenant()], [new_tenant() for _ in range(effort.tenants)]
    for callers in effort.callers:
        for tenants in (one, many):
            if (name := _name(callers, len(tenants))) not in figures:
                measured = await appends.measure(base, tenants, callers=callers, seconds=effort.seconds)
                figures[name] = asdict(measured)
    return figures


async def _compared(base: Foundation, plain: PlainInserts, world: World, effort: Effort) -> Figures:
    """One round of what is compared: each number of callers beside its baselines."""
    figures: Figures = {}
    one, many = [new_tenant()], [new_tenant() for _ in range(effort.tenants)]
    seconds = effort.seconds

    async def log_appends(callers: int, tenants: list[TenantId]) -> None:
        figures[_name(callers, len(tenants))] = asdict(
            await appends.measure(base, tenants, callers=callers, seconds=seconds)
        )

    async def rows() -> list[TupleRow]:
        return await plain.rows(one[0], effort.rows)

    await log_appends(CROWD, one)
    batch_size = max(1, round(figures[_name(CROWD, 1)]["batch_size"]))
    figures["multirow"] = await plain.in_batches(await rows(), batch_size=batch_size, seconds=seconds)
    await log_appends(CROWD, many)
    for callers in COMPARED[:2]:
        await log_appends(callers, one)
        for kind, payloads in (("single", True), ("envelope", False)):
            figures[f"{kind}_{callers}"] = await plain.one_by_one(
                await rows(), connections=callers, seconds=seconds, payloads=payloads
            )
    figures["stock"] = await stock_recorder.appends_per_second(world.url, callers=COMPARED[1], seconds=seconds)
    return figures


def _name(callers: int, tenants: int) -> str:
    return f"appends_{callers}" if tenants == 1 else f"appends_{callers}_of_{tenants}_tenants"


async def _catching_up(base: Foundation, world: World, effort: Effort) -> Figures:
    tenant_id = await reading.grown_tenant(base, effort.events)
    return {
        "projection": await reading.catch_up(base, tenant_id, effort.events),
        "sql": await reading.catch_up_by_sql(world.url, tenant_id, effort.events),
    }


async def _slow_flushes(world: World, microseconds: int) -> None:
    """Make every commit wait as on a disk whose flush takes so long: for whatever writes, the baselines included."""
    await world.configure({"commit_delay": str(microseconds), "commit_siblings": "0"})


def _ratios(figures: Figures) -> dict[str, float]:
    catching_up = figures["catching_up"]
    ratios = {
        **_of_writing(figures["writing"]),
        "catchup_vs_sql": catching_up["projection"] / catching_up["sql"],
        "visible_p99_ms": figures["visible_ms"]["p99"],
        "wait_p50_ms": figures["wait_ms"]["p50"],
        # The dearest of the three.
        "rls_on_vs_off": min(figures["row_security_on_vs_off"].values()),
    }
    return {name: round(value, 3) for name, value in ratios.items()}


def _of_writing(writing: Figures) -> dict[str, float]:
    return {
        "append64_vs_multirow": writing["appends_64"]["per_second"] / writing["multirow"],
        "append16_vs_single16": writing["appends_16"]["per_second"] / writing["single_16"],
        "append16_vs_stock": writing["appends_16"]["per_second"] / writing["stock"],
        "append1_vs_single1": writing["appends_1"]["per_second"] / writing["single_1"],
    }
