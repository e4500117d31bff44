"""docs/benchmarks/event-log.md, made from the figures of one run."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path("bench/results/event_log.json")
PAGE = Path("docs/benchmarks/event-log.md")
COMMAND = 'make bench-log ARGS="--page"'

Figures = dict[str, Any]

GOALS = {
    "append64_vs_multirow": (">= 0.5", "64 callers, against multi-row INSERT of the same rows in batches as large"),
    "append16_vs_single16": (">= 5", "16 callers, against transactions of one event on 16 connections"),
    "append16_vs_stock": (">= 10", "16 callers, against the eventsourcing library's own recorder with 16 threads"),
    "append1_vs_single1": (">= 0.6", "one caller, against transactions of one event on one connection"),
    "catchup_vs_sql": (">= 0.5", "a projection catching up, against the same view by SQL, without decryption"),
    "visible_p99_ms": ("<= 50", "receipt until another connection sees the row of the read model, 99th percentile, ms"),
    "wait_p50_ms": ("<= 10", "receipt until `at_least` lets a read go, median, ms"),
    "rls_on_vs_off": (">= 0.95", "row security on against off, the dearest of appends, lists and loads"),
}  # fmt: skip


def rendered(results: Figures) -> str:
    """Return the page: what was compared, all figures, the machine and the commit."""
    slow = results["writing_with_slow_flushes"]
    return "\n".join(
        [
            "# The event log, measured",
            "",
            _origin(results),
            "",
            _surroundings(results),
            "",
            _on_slow_disks(slow),
            "",
            "| compared | ratio | slow flushes | goal | what it is |",
            "|---|---:|---:|---:|---|",
            *_compared(results["ratios"], results["ratios_with_slow_flushes"]),
            "",
            "## Durable events a second",
            "",
            "| | this disk | p50 ms | p99 ms | a batch | slow flushes |",
            "|---|---:|---:|---:|---:|---:|",
            *_writing(results["writing"], slow),
            "",
            "## Reading",
            "",
            "| | |",
            "|---|---:|",
            f"| projection catches up, events/s | {_number(results['catching_up']['projection'])} |",
            f"| the same by SQL, events/s | {_number(results['catching_up']['sql'])} |",
            f"| one stream replayed, events/s | {_number(results['replay_events_per_second'])} |",
            f"| visible after the receipt, p50 / p99 ms | {_pair(results['visible_ms'])} |",
            f"| `at_least` waits, p50 / p99 ms | {_pair(results['wait_ms'])} |",
            *(
                f"| row security on / off: {what} | {results['row_security_on_vs_off'][name]:.3f} |"
                for name, what in _SECURED.items()
            ),
            "",
        ]
    )


def _origin(results: Figures) -> str:
    effort = results["effort"]
    return (
        f"Written by `{COMMAND}` from one run at commit `{results['commit']}`: {effort['rounds']} rounds of "
        f"{effort['seconds']:g} s a point ({effort['rounds_with_slow_flushes']} with slow flushes), medians; "
        "do not edit. How and why so: "
        "[decision 28](../decisions/0028-how-the-event-log-is-measured.md)."
    )


def _surroundings(results: Figures) -> str:
    machine = results["machine"]
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB; {machine['system']}; "
        f"Python {machine['python']}; PostgreSQL {results['postgresql']}, fsync on; this disk "
        f"makes {machine['syncs_per_second']} small writes a second durable; load {machine['load_before']} before."
    )


def _on_slow_disks(slow: Figures) -> str:
    return (
        f"*Slow flushes*: measured again while every flush takes {slow['flush_microseconds'] / 1000:g} ms more "
        "(`commit_delay`), for the baselines as well. What a commit costs is what batches save."
    )


def _compared(ratios: Figures, with_slow_flushes: Figures) -> list[str]:
    return [
        f"| `{name}` | {ratios[name]} | {with_slow_flushes.get(name, '')} | {goal} | {what} |"
        for name, (goal, what) in GOALS.items()
    ]


def _writing(writing: Figures, slow: Figures) -> list[str]:
    """Return a line a figure: the log's by tenants and callers, then the baselines."""
    log = [(value["tenants"], value["callers"], name) for name, value in writing.items() if isinstance(value, dict)]
    lines = []
    for tenants, callers, name in sorted(log):
        value = writing[name]
        shown = [
            f"log, {_counted(callers, 'caller')}, {_counted(tenants, 'tenant')}",
            _number(value["per_second"]),
            f"{value['p50_ms']:.1f}",
            f"{value['p99_ms']:.1f}",
            f"{value['batch_size']:.0f}",
            _number(slow[name]["per_second"]) if name in slow else "",
        ]
        lines.append(f"| {' | '.join(shown)} |")
    return [*lines, *(f"| {what} | {_number(writing[n])} | | | | {_number(slow[n])} |" for n, what in _LABELS.items())]


def _counted(number: float, what: str) -> str:
    return f"{number:g} {what}" if number == 1 else f"{number:g} {what}s"


_LABELS = {
    "multirow": "plain multi-row INSERT, one connection",
    "single_1": "plain, one event a transaction, one connection",
    "envelope_1": "the same without its payload row",
    "single_16": "plain, one event a transaction, 16 connections",
    "envelope_16": "the same without its payload row",
    "stock": "eventsourcing's recorder, 16 threads",
}


_SECURED = {
    "appends": "appends, 16 callers",
    "lists": "pages of a read model, 50 documents",
    "loads": "loads of a stream, 50 events",
}


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _pair(values: Figures) -> str:
    return f"{values['p50']:.1f} / {values['p99']:.1f}"


if __name__ == "__main__":
    PAGE.write_text(rendered(json.loads(RESULTS.read_text())))
