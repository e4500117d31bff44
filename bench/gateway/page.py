"""docs/benchmarks/gateway.md, made from the figures of one run."""

from pathlib import Path
from typing import Any

RESULTS = Path("bench/results/gateway.json")
PAGE = Path("docs/benchmarks/gateway.md")
COMMAND = 'make bench-gateway ARGS="--page"'

Figures = dict[str, Any]

GOALS = {
    "added_p50_ms": ("<= 3", "what the gateway adds for one caller, every policy on, to the provider alone: median"),
    "added_p95_ms": ("<= 6", "the same, 95th percentile"),
    "rps_two_workers": (">= 1,000", "requests a second on two workers, the best of the loads below"),
    "rps_vs_litellm": (">= 10", "the same against LiteLLM's"),
    "added_p50_vs_portkey": ("< 1", "what is added for one caller, against what Portkey adds"),
    "failover_p95_ms": ("<= 30", "until the answer of the next model while the first one is dead or refuses"),
    "overspend_micro": ("0", "spent above a budget that 200 callers at once had nearly used up, millionths"),
    "leaked_holds": ("0", "holds that stand a lease after the workers were killed"),
}  # fmt: skip


def rendered(results: Figures) -> str:
    """Return the page: what was compared, all figures, the machine and the commit."""
    return "\n".join(
        [
            "# The gateway, measured",
            "",
            _origin(results),
            "",
            _surroundings(results),
            "",
            "| figure | value | goal | what it is |",
            "|---|---:|---:|---|",
            *_goal_lines(results["summary"]),
            "",
            "## One caller",
            "",
            "Milliseconds from the request to the whole answer; what is added is beyond the provider alone.",
            "",
            "| | p50 | p95 | added p50 | added p95 |",
            "|---|---:|---:|---:|---:|",
            *_single_lines(results["single"]),
            "",
            "## Many callers",
            "",
            _HOW_LOAD,
            "",
            "| callers | | requests/s | p50 ms | p95 ms | refused | CPU us a request |",
            "|---:|---|---:|---:|---:|---:|---|",
            *(line for callers, point in results["loads"].items() for line in _load_lines(callers, point)),
            "",
            "## When something fails",
            "",
            "| what | figures |",
            "|---|---|",
            *_failing_lines(results),
            "",
        ]
    )  # fmt: skip


_HOW_LOAD = (
    "Each caller asks again as soon as it has its answer. The generator, the provider, PostgreSQL and Redis share the "
    "processors with the gateway that is measured; CPU is what each of them used for a request, so that it can be told "
    "what the gateway would carry with processors of its own."
)


def _origin(results: Figures) -> str:
    effort = results["effort"]
    return (
        f"Written by `{COMMAND}` from one run at commit `{results['commit']}`: {effort['rounds']} rounds in turns, "
        f"medians; {effort['single_calls']} calls of one caller, {effort['load_seconds']:g} s of each load; do not "
        "edit. How and why so: [decision 48](../decisions/0048-how-the-gateway-is-measured.md)."
    )


def _surroundings(results: Figures) -> str:
    machine = results["machine"]
    compared = "; ".join(f"{name}: {what}" for name, what in results["gateways"].items())
    missing = "".join(f" Not measured: {name} ({why})." for name, why in results["missing"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores for everything; {machine['memory_gib']} GiB; "
        f"{machine['system']}; Python {machine['python']}; load {machine['load_before']} before. {compared}.{missing}"
    )


def _goal_lines(summary: Figures) -> list[str]:
    return [f"| `{name}` | {_value(summary[name])} | {goal} | {what} |" for name, (goal, what) in GOALS.items()]


def _value(value: float | None) -> str:
    return "not measured" if value is None else f"{value:g}"


def _single_lines(single: Figures) -> list[str]:
    direct = single["direct"]
    return [
        f"| {name} | {one['p50_ms']:.2f} | {one['p95_ms']:.2f} | {one['p50_ms'] - direct['p50_ms']:.2f} "
        f"| {one['p95_ms'] - direct['p95_ms']:.2f} |"
        for name, one in single.items()
    ]


def _load_lines(callers: str, point: Figures) -> list[str]:
    return [
        f"| {callers} | {name} | {one['requests_per_second']:,.0f} | {one['p50_ms']:.1f} | {one['p95_ms']:.1f} "
        f"| {one['refused']:,.0f} | {', '.join(f'{what} {used:,.0f}' for what, used in one['cpu_us'].items())} |"
        for name, one in point.items()
    ]


_FAILING = {
    "ledger": "the ledger beside what the provider has counted",
    "cut_streams": "streams that their readers left: words that were sent, and tokens in the ledger",
    "money": "200 callers at once on a budget that is nearly empty; holds after the workers were killed",
    "kill_switch": "streams that run when AI is switched off",
    "nobody": "every provider is down: answered by the local model",
}


def _failing_lines(results: Figures) -> list[str]:
    faults = {f"the first model is {fault}": one for fault, one in results["failover"].items() if isinstance(one, dict)}
    named = {what: results[name] for name, what in _FAILING.items()}
    return [
        f"| {what} | {', '.join(f'{name} {value:,.4g}' for name, value in one.items())} |"
        for what, one in (named | faults).items()
    ]
