"""Traces of calls, for whoever operates: which model, how long, how much; no text and no name."""

from dataclasses import dataclass
from typing import Protocol

from domain.ai.events import AiCallSettled
from domain.ids import TenantId
from tenancy.trace_parents import TraceParent


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCall:
    """
    One call that is over; `error` names the kind of failure of one that nobody answered.

    `trace_id` and the `span_ids` of its steps are 0 where nobody outside has been told of them.
    """

    settled: AiCallSettled
    tenant_id: TenantId
    wanted_model: str
    streamed: bool
    temperature: float | None
    parent: TraceParent | None
    trace_id: int
    span_ids: tuple[int, ...]
    error: str | None = None


class Traces(Protocol):
    """Takes what was called; neither waits nor fails."""

    def call(self, call: TracedCall) -> None:
        """Take one call that is over."""
        ...

    def close(self) -> None:
        """Send what has not been sent; may wait."""
        ...


class NoTraces:
    """Implements Traces where there is no collector."""

    def call(self, call: TracedCall) -> None:
        del call

    def close(self) -> None:
        """Nothing waits to be sent."""
