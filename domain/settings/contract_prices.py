"""What a contract says that a model costs, as somebody writes it: `openai/gpt-4o input=2500000 output=10000000`."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

PRICES_MAX: Final = 200
RATE_MAX: Final = 1_000_000_000_000
BUCKETS: Final = ("input", "cache_read", "cache_write", "output", "reasoning")
_STANDS_IN: Final = {"cache_read": "input", "cache_write": "input", "reasoning": "output"}
_MODEL = re.compile(r"[a-z0-9_-]{1,40}/[\x21-\x7e]{1,150}")
_RATE = re.compile(r"(input|cache_read|cache_write|output|reasoning)=(0|[1-9][0-9]{0,12})")


def price_of(line: str) -> tuple[str, Mapping[str, int]] | None:
    """Return the model and its rate in each bucket; None for what is no price."""
    model, *given = line.split()
    rates = [_RATE.fullmatch(one) for one in given]
    if not _MODEL.fullmatch(model) or not all(rates):
        return None
    found = {rate[1]: int(rate[2]) for rate in rates if rate is not None}
    if len(found) != len(rates) or not found.keys() >= {"input", "output"} or max(found.values()) > RATE_MAX:
        return None
    return model, {bucket: found.get(bucket, found[_STANDS_IN.get(bucket, "input")]) for bucket in BUCKETS}


def prices_of(lines: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Return what was accepted, by model."""
    return dict(price for line in lines if (price := price_of(line)) is not None)


def accepted_prices(value: Sequence[object]) -> tuple[str, ...] | None:
    """Return the lines, each written in one way; None when one of them is no price or a model comes twice."""
    lines = tuple(" ".join(line.split()) for line in value if isinstance(line, str) and line.split())
    models = {price[0] for line in lines if (price := price_of(line)) is not None}
    if len(value) > PRICES_MAX or not len(models) == len(lines) == len(value):
        return None
    return lines
