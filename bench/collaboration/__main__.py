"""`python -m bench.collaboration [--quick] [--page] [--trace FILE] [--kills N]`: measure, keep, print."""

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from app.event_loop import fast_loop
from bench.collaboration import page
from bench.collaboration.effort import FULL, QUICK
from bench.collaboration.run import measured
from bench.machine import commit, machine
from bench.reporting import report


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a moment of everything; the figures mean nothing")
    arguments.add_argument("--page", action="store_true", help="write docs/benchmarks/collaboration.md from this run")
    arguments.add_argument("--trace", type=Path, help="automerge-paper.json.gz of josephg/editing-traces")
    arguments.add_argument("--kills", type=int, help="how often each server is killed")
    arguments.add_argument("--seed", type=int, default=5, help="for the moments of the kills")
    chosen = arguments.parse_args()
    if chosen.quick and chosen.page:
        arguments.error("a page is written from a whole run")
    if chosen.page and not chosen.trace:
        arguments.error("a page is written with the public trace: --trace FILE")
    effort = QUICK if chosen.quick else FULL
    if chosen.kills is not None:
        effort = replace(effort, kills=chosen.kills)
    about = {"command": page.COMMAND, "commit": commit(), "machine": machine()}
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        results = {**about, **runner.run(measured(effort, trace=chosen.trace, seed=chosen.seed))}
    report(page, results, results["summary"], write=chosen.page)


main()
