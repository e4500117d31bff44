"""`python -m bench.gateway [--quick] [--page]`: measure, keep, print."""

import argparse
import asyncio

from app.event_loop import fast_loop
from bench.gateway import page
from bench.gateway.effort import FULL, QUICK
from bench.gateway.run import measured
from bench.machine import commit, machine
from bench.reporting import report


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--quick", action="store_true", help="a moment of everything but the peers; the figures mean nothing"
    )
    arguments.add_argument("--page", action="store_true", help="write docs/benchmarks/gateway.md from this run")
    chosen = arguments.parse_args()
    if chosen.quick and chosen.page:
        arguments.error("a page is written from a whole run")
    about = {"command": page.COMMAND, "commit": commit(), "machine": machine()}
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        results = {**about, **runner.run(measured(QUICK if chosen.quick else FULL))}
    report(page, results, results["summary"], write=chosen.page)


main()
