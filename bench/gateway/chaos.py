"""`python -m bench.gateway.chaos [--page]`: faults against the running product, and what must hold through each."""

import argparse
import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final
from uuid import UUID

from app.event_loop import fast_loop
from bench.gateway.callers import Caller, Reply
from bench.gateway.colophon import TIMEOUT_SECONDS, Colophon
from bench.gateway.failover import SETTLE_SECONDS
from bench.gateway.money import SWEPT_SECONDS, holds
from bench.gateway.run import everybody
from bench.machine import commit
from gateway.budget import LEASE_MARGIN_SECONDS

PAGE: Final = Path("docs/benchmarks/gateway-chaos.md")
COMMAND: Final = 'make chaos-gateway ARGS="--page"'
CALLERS: Final = 16
BEFORE_SECONDS: Final = 1.5
FAULT_SECONDS: Final = 2.0
AFTER_SECONDS: Final = 2.0
LOOK_SECONDS: Final = 0.5
_CALL_ID: Final = re.compile(rb'"call_id":"([0-9a-f-]{36})"')

Fault = Callable[[Colophon], Awaitable[None]]


@dataclass(slots=True)
class Seen:
    """What callers saw while something was wrong, and what stood afterwards."""

    answered: int = 0
    refused: int = 0
    """Told so by a status of its own or, once a stream had begun, by an error event."""
    cut: int = 0
    """The connection ended, so that no client takes it for an answer."""
    silent: int = 0
    """Ended as if whole, with neither an end nor an error."""
    settled: set[UUID] = field(default_factory=set)
    lost: int = 0
    """Answered, and not in the ledger once."""
    leaked: int = 0
    over_micro: int = 0
    """By how much sums and calls of the ledger differ."""

    def take(self, reply: Reply) -> None:
        body = bytes(reply.body)
        if reply.cut or not reply.status:
            self.cut += 1
        elif b"data: [DONE]" in body:
            self.answered += 1
            self.settled |= {UUID(found.decode()) for found in _CALL_ID.findall(body)}
        elif b'"error"' in body:
            self.refused += 1
        else:
            self.silent += 1

    @property
    def holds_true(self) -> bool:
        return not (self.silent or self.lost or self.leaked or self.over_micro)


async def during(colophon: Colophon, model: str, fault: Fault | None) -> Seen:
    """Have callers stream before, during and after the fault; return what they saw."""
    seen, target = Seen(), colophon.asking(model)
    until = perf_counter() + BEFORE_SECONDS + FAULT_SECONDS + AFTER_SECONDS

    async def ask() -> None:
        caller = Caller()
        while perf_counter() < until:
            try:
                reply = await caller.ask(target.port, target.request(stream=True), seconds=30)
            except OSError:
                await asyncio.sleep(LOOK_SECONDS)
                continue
            seen.take(reply)
            if reply.status != 200:
                await asyncio.sleep(LOOK_SECONDS / 10)
        caller.hang_up()

    asking = [asyncio.create_task(ask()) for _ in range(CALLERS)]
    await asyncio.sleep(BEFORE_SECONDS)
    if fault is not None:
        await fault(colophon)
    await asyncio.gather(*asking)
    return seen


async def judged(colophon: Colophon, seen: Seen) -> Seen:
    """Look at the ledger and at the holds, once the longest lease is over."""
    deadline = perf_counter() + TIMEOUT_SECONDS + LEASE_MARGIN_SECONDS + SWEPT_SECONDS
    while (left := await holds(colophon)) and perf_counter() < deadline:  # noqa: ASYNC110  # nobody tells
        await asyncio.sleep(LOOK_SECONDS)
    seen.leaked = left
    found = await colophon.rows("SELECT call_id FROM read.ai_calls WHERE call_id = ANY(%s)", list(seen.settled))
    seen.lost = len(seen.settled) - len(found)
    ((calls,),) = await colophon.rows("SELECT coalesce(sum(cost_micros), 0) FROM read.ai_calls")
    query = "SELECT coalesce(sum(spent_micros), 0) FROM read.ai_spend WHERE scope = 'tenant_month'"
    ((sums,),) = await colophon.rows(query)
    seen.over_micro = abs(int(calls) - int(sums))
    return seen


async def _kill_a_worker(colophon: Colophon) -> None:
    os.kill(colophon.serving()[-1].pid, signal.SIGKILL)


async def _kill_redis(colophon: Colophon) -> None:
    await colophon.restart_redis(FAULT_SECONDS)


async def _freeze_redis(colophon: Colophon) -> None:
    await colophon.freeze(colophon.redis_processes(), FAULT_SECONDS)


async def _pause_postgres(colophon: Colophon) -> None:
    await colophon.freeze(colophon.postgres_processes(), FAULT_SECONDS)


FAULTS: Final[tuple[tuple[str, str, Fault | None], ...]] = (
    ("nothing", "good/m", None),
    ("a provider refuses", "refusing/m", None),
    ("a provider cuts its streams", "cutting/m", None),
    ("a provider talks nonsense", "garbage/m", None),
    ("a provider hangs", "hanging/m", None),
    ("Redis is killed and comes back empty", "good/m", _kill_redis),
    ("Redis does not answer for 2 s", "good/m", _freeze_redis),
    ("PostgreSQL does not answer for 2 s", "good/m", _pause_postgres),
    ("a worker is killed in the middle of streams", "slow/m", _kill_a_worker),
)


async def every_fault() -> dict[str, Seen]:
    """Run them one after the other against one installation."""
    async with everybody(peers=False) as (_, colophon, _, _):
        await colophon.set("ai.timeout_seconds", TIMEOUT_SECONDS)
        await colophon.set("ai.first_token_seconds", 1)
        await asyncio.sleep(SETTLE_SECONDS)
        return {what: await judged(colophon, await during(colophon, model, fault)) for what, model, fault in FAULTS}


_HOW: Final = (
    "Written by `{command}` at commit `{commit}`: {callers} callers stream from two workers before, during and after "
    "each fault; do not edit. Refused is told, by a status or by an error event in the stream; cut is a connection "
    "that ended. The last four columns must be 0: streams that ended as if whole, answered calls that the ledger "
    "does not have once, holds that stand a lease later, millionths by which its sums differ from its calls."
)


def rendered(seen: dict[str, Seen]) -> str:
    """Return the page."""
    lines = [
        f"| {what} | {one.answered:,} | {one.refused:,} | {one.cut:,} | {one.silent} | {one.lost} | {one.leaked} "
        f"| {one.over_micro} |"
        for what, one in seen.items()
    ]
    return "\n".join(
        [
            "# The gateway under faults",
            "",
            _HOW.format(command=COMMAND, commit=commit(), callers=CALLERS),
            "",
            "| what | answered | refused | cut | silent | lost | leaked | off |",
            "|---|---:|---:|---:|---:|---:|---:|---:|",
            *lines,
            "",
        ]
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--page", action="store_true", help=f"write {PAGE}")
    chosen = arguments.parse_args()
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        seen = runner.run(every_fault())
    if chosen.page:
        PAGE.write_text(rendered(seen))
    print(rendered(seen))
    # Where nothing was answered, nothing could be lost: that shows nothing.
    shown = all(seen[what].answered for what, model, _ in FAULTS if model == "good/m")
    if not shown or not all(one.holds_true for one in seen.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
