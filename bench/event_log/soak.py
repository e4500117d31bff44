"""`python -m bench.event_log.soak [--events N]`: many events under faults; then every law of the log, and the sums."""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from statistics import linear_regression
from tempfile import mkdtemp
from typing import Any, Final

from app.foundation import context_signer
from bench.event_log.soaking import Plan, Soak
from bench.machine import commit, machine
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrate import migrate
from infra.postgres.role_logins import RoleLogins
from tests.faults.invariants import CALL_LAWS, LAWS, READER_LAWS, Breach, Sums
from tests.faults.world import MASTER_KEY

RESULTS: Final = Path(__file__).parents[1] / "results" / "soak.json"
SETTLED_STEP: Final = 2
"""Memory is judged from here on: caches have filled by then."""

# Which of the three words of the target each law is about; what is in none of them is `otherwise_broken`.
MISSED: Final = ("an acknowledged append is in the log", "a tailing reader sees the whole log")
DUPLICATED: Final = ("an append is in the log once and whole, or not at all",)
OUT_OF_ORDER: Final = (
    "positions run from 1 without gaps",
    "time never goes backwards in a log",
    "versions of a stream run from 1 in log order",
    "a tailing reader sees every position once, in order",
)
assert {*MISSED, *DUPLICATED, *OUT_OF_ORDER} <= {*LAWS, *CALL_LAWS, *READER_LAWS}


def slope_mb_per_million(rss_mb: Sequence[tuple[int, float]]) -> float:
    """Least squares over the steps after which caches are full; flat is a small fraction of the whole."""
    settled = [(events / 1e6, held) for events, held in rss_mb[SETTLED_STEP:]]
    if len(settled) < 2:
        return 0.0
    return round(linear_regression(*zip(*settled, strict=True)).slope, 1)


def report(
    soak: Soak, broken: dict[str, Breach], sums: Sums, seconds: float, inspected_seconds: float
) -> dict[str, Any]:
    def count(*laws: str) -> int:
        return sum(broken[law].count for law in laws if law in broken)

    named = {*MISSED, *DUPLICATED, *OUT_OF_ORDER}
    return {
        "appended": sums.events,
        "acknowledged": sums.acknowledged,
        "refused": sums.refused,
        "unknown": sums.unknown,
        "missed": count(*MISSED),
        "duplicated": count(*DUPLICATED),
        "out_of_order": count(*OUT_OF_ORDER),
        "otherwise_broken": count(*(broken.keys() - named)),
        "rss_mb": soak.rss_mb,
        "rss_slope_mb_per_million_events": slope_mb_per_million(soak.rss_mb),
        "faults": dict(soak.injected),
        "seconds": round(seconds, 1),
        "events_per_second": round(sums.events / seconds),
        "inspected_seconds": round(inspected_seconds, 1),
        "examples": {law: [str(example) for example in breach.examples] for law, breach in broken.items()},
    }


async def soaked(plan: Plan) -> dict[str, Any]:
    """Run it on a PostgreSQL of its own, and look at what came of it."""
    # Not below a private folder: PostgreSQL runs as another user when the soak is root's.
    folder = Path(mkdtemp(prefix="colophon-soak-", dir="/tmp"))
    server = EmbeddedPostgres(folder)
    try:
        url = await server.start()
        await migrate(url, RoleLogins(url, MASTER_KEY), context_signer(MASTER_KEY))
        soak = Soak(plan, folder, server, url)
        started = time.monotonic()
        await soak.run()
        written = time.monotonic()
        broken, sums = await asyncio.to_thread(soak.inspected)
        return report(soak, broken, sums, written - started, time.monotonic() - written)
    finally:
        await server.stop()
        await asyncio.to_thread(rmtree, folder, ignore_errors=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--events", type=int, default=1_000_000)
    arguments.add_argument("--tenants", type=int, default=8)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--callers", type=int, default=16, help="of each process")
    arguments.add_argument("--readers", type=int, default=2)
    arguments.add_argument("--faults", type=int, default=20, help="over the whole run, of each kind in turn")
    plan = Plan(**vars(arguments.parse_args()))
    results = {"commit": commit(), "machine": machine(), "plan": asdict(plan), **asyncio.run(soaked(plan))}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2))
    print(json.dumps(results))
    if any(results[word] for word in ("missed", "duplicated", "out_of_order", "otherwise_broken")):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
