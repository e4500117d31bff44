"""docs/benchmarks/collaboration.md, made from the figures of one run."""

from pathlib import Path
from typing import Any

RESULTS = Path("bench/results/collaboration.json")
PAGE = Path("docs/benchmarks/collaboration.md")
COMMAND = 'make bench-collab ARGS="--trace automerge-paper.json.gz --page"'

Figures = dict[str, Any]

GOALS = {
    "fanout_p50_ms": ("<= Hocuspocus + 2", "due until another client has it, 1,000 updates/s in 100 documents: median"),
    "hocuspocus_fanout_p50_ms": ("", "the same with Hocuspocus, which acknowledges from memory"),
    "fanout_p99_ms": ("<= Hocuspocus + 10", "the same, 99th percentile"),
    "hocuspocus_fanout_p99_ms": ("", ""),
    "saturation_vs_hocuspocus": (">= 1", "updates a second carried, against Hocuspocus"),
    "acked_lost": ("0", "words acknowledged and missing after kill -9, half of the time with PostgreSQL"),
    "hocuspocus_acked_lost": ("", "words that the stock provider called synced and that were missing"),
    "trace_cold_load_ms": ("<= 10", "a document with a history of 260,000 edits: opened cold, beyond opened warm"),
    "trace_doc_mb": ("<= 3", "what such a document holds of memory while it is open"),
}  # fmt: skip


def rendered(results: Figures) -> str:
    """Return the page: what was compared, all figures, the machine and the commit."""
    return "\n".join(
        [
            "# Writing together, measured",
            "",
            _origin(results),
            "",
            _surroundings(results),
            "",
            "| figure | value | goal | what it is |",
            "|---|---:|---:|---|",
            *(f"| `{name}` | {results['summary'][name]} | {goal} | {what} |" for name, (goal, what) in GOALS.items()),
            "",
            "## Latency",
            "",
            _HOW_LATENCY,
            "",
            "| load | updates/s | acknowledged | | at others | | CPU us an update | |",
            "|---|---:|---:|---:|---:|---:|---:|---:|",
            *(_load_line(point["name"], point) for point in results["goals"].values()),
            *(_load_line(name, point) for name, point in results["grid"].items() if "why_not" not in point),
            "",
            "Not measured here: "
            + "; ".join(f"{name} ({point['why_not']})" for name, point in results["grid"].items() if "why_not" in point)
            + ".",
            "",
            _HOW_CPU,
            "",
            "## Weight",
            "",
            "| | Colophon | Hocuspocus |",
            "|---|---:|---:|",
            *_weight_lines(results),
            "",
            "## Losses",
            "",
            "| | kills | acknowledged | missing |",
            "|---|---:|---:|---:|",
            *_loss_lines(results["kills"]),
            "",
            _canaries(results["canaries"]),
            "",
        ]
    )


_HOW_LATENCY = (
    "Documents x clients of each x updates a second of each client. Milliseconds from when an update was due (the "
    "generator itself is late by about a millisecond, for both), p50 / p99; Colophon first, then Hocuspocus."
)

_HOW_CPU = (
    "CPU is that of the server's processes; what PostgreSQL uses for the same updates stands behind the plus. What "
    "indexes beside Colophon is not counted: it gives way to everything else, went on while Colophon was measured, and "
    "was paused while Hocuspocus was."
)


def _origin(results: Figures) -> str:
    effort = results["effort"]
    return (
        f"Written by `{COMMAND}` from one run at commit `{results['commit']}`: {effort['rounds']} rounds of "
        f"{effort['goal_seconds']:g} s for the first two loads, in turns, medians; one of {effort['seconds']:g} s for "
        "the others; do not edit. How and why so: [decision 33](../decisions/0033-how-collaboration-is-measured.md)."
    )


def _surroundings(results: Figures) -> str:
    machine = results["machine"]
    return (
        f"{machine['processor']}, {machine['cores']} cores for server, database and load generator; "
        f"{machine['memory_gib']} GiB; {machine['system']}; Python {machine['python']}; @hocuspocus/server "
        f"{results['hocuspocus']}, storing in SQLite with its defaults; load {machine['load_before']} before."
    )


def _load_line(name: str, point: Figures) -> str:
    ours, theirs = point["colophon"], point["hocuspocus"]
    cells = [
        name,
        f"{ours['updates_per_second']:,.0f}",
        *(_pair(one, what) for what in ("ack", "fanout") for one in (ours, theirs)),
        f"{ours['cpu_us']:,.0f} + {ours['database_cpu_us']:,.0f}",
        f"{theirs['cpu_us']:,.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _pair(figures: Figures, what: str) -> str:
    missing = f", {figures['missing_frames']:,.0f} missing" if what == "fanout" and figures["missing_frames"] else ""
    return f"{figures[f'{what}_p50_ms']:.1f} / {figures[f'{what}_p99_ms']:.1f}{missing}"


def _weight_lines(results: Figures) -> list[str]:
    effort, cold = results["effort"], f"{results['trace']['edits']:,} edits ({results['trace']['name']})"
    rows = [
        ("saturation", "updates_per_second", "updates a second carried, at most", "{:,.0f}"),
        ("memory", "connections_mb", f"{effort['idle_connections']:,} idle connections, MB", "{:.1f}"),
        ("memory", "document_kb", "an open, empty document, KB", "{:.1f}"),
        ("join_storm", "p50_ms", f"{effort['joining']} open {effort['joined_bytes']:,} bytes: median, ms", "{:,.0f}"),
        ("join_storm", "last_ms", "the last of them, ms", "{:,.0f}"),
        ("cold_load", "cold_ms", f"a document of {cold} opened cold, ms", "{:.1f}"),
        ("cold_load", "warm_ms", "the same when it is open already, ms", "{:.1f}"),
        ("cold_load", "document_mb", "the same in memory, MB", "{:.2f}"),
    ]  # fmt: skip
    lines = []
    for group, name, what, form in rows:
        values = (form.format(results[group][server][name]) for server in ("colophon", "hocuspocus"))
        lines.append(f"| {what} | {' | '.join(values)} |")
    return lines


def _loss_lines(kills: Figures) -> list[str]:
    names = {"colophon": "Colophon, raw clients", "hocuspocus": "Hocuspocus, its stock provider"}
    return [
        f"| {what} | {kills[name]['rounds']} | {kills[name]['acknowledged']:,} | {kills[name]['lost']:,} |"
        for name, what in names.items()
    ]


def _canaries(canaries: Figures) -> str:
    kinds = "; ".join(
        f"{kind} on {server} with {words} words"
        for server, of_server in canaries.items()
        for kind, words in of_server.items()
    )
    return f"Stock providers among raw clients ended with the server's text, every word in it: {kinds}."
