"""`python -m bench.event_log [--quick] [--page]`: measure, keep the figures, print the table and the ratios."""

import argparse
import asyncio
import sys

from app.event_loop import fast_loop
from bench.event_log import page
from bench.event_log.run import FULL, QUICK, measured
from bench.machine import commit, machine
from bench.reporting import report
from infra.logging import configure_logging
from tenancy.context import current_context_or_none


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a moment of everything; the figures mean nothing")
    arguments.add_argument("--page", action="store_true", help="write docs/benchmarks/event-log.md from this run")
    chosen = arguments.parse_args()
    if chosen.quick and chosen.page:
        arguments.error("a page is written from a whole run")
    configure_logging("error", stream=sys.stderr, context=current_context_or_none)
    about = {"command": page.COMMAND, "commit": commit(), "machine": machine()}
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        results = {**about, **runner.run(measured(QUICK if chosen.quick else FULL))}
    report(page, results, results["ratios"], write=chosen.page)


main()
