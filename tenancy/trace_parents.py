"""The trace that a request belongs to, as its caller tells it: W3C Trace Context, level 1."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

STATE_CHARACTERS_MAX: Final = 512
_HEADER: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceParent:
    """Whoever asked: `sampled` tells whether they keep the trace."""

    trace_id: int
    span_id: int
    sampled: bool
    state: str = ""


ARRIVED: Final[ContextVar[TraceParent | None]] = ContextVar("trace_parent", default=None)
"""That of the request in whose course something happens."""


def parsed(header: str, state: str = "") -> TraceParent | None:
    """Return what a `traceparent` header says; None of one that breaks the format, which then counts as none at all."""
    found = _HEADER.fullmatch(header.strip())
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    # Later versions may say more; the first one may not.
    if version == "ff" or (version == "00" and more) or not int(trace_id, 16) or not int(span_id, 16):
        return None
    return TraceParent(
        trace_id=int(trace_id, 16),
        span_id=int(span_id, 16),
        sampled=bool(int(flags, 16) & _SAMPLED),
        state=state if len(state) <= STATE_CHARACTERS_MAX else "",
    )


def header(trace_id: int, span_id: int, *, sampled: bool) -> str:
    """Return the `traceparent` header of something that is asked for within a trace."""
    return f"00-{trace_id:032x}-{span_id:016x}-{int(sampled):02x}"
