"""Ids of spans that others were told of before the spans were made, and the parents that they have elsewhere."""

from opentelemetry.context import Context
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState, set_span_in_context

from tenancy.trace_parents import TraceParent


class SpanIds(RandomIdGenerator):
    """Random ids, but for the next span of whoever says so; used by the event loop alone."""

    def __init__(self) -> None:
        self._trace_id = 0
        self._span_id = 0

    def next(self, *, trace_id: int = 0, span_id: int = 0) -> None:
        """Give these to the span that is made next; 0 is any."""
        self._trace_id, self._span_id = trace_id, span_id

    def generate_trace_id(self) -> int:
        told, self._trace_id = self._trace_id, 0
        return told or super().generate_trace_id()

    def generate_span_id(self) -> int:
        told, self._span_id = self._span_id, 0
        return told or super().generate_span_id()


def context_of(parent: TraceParent | None) -> Context:
    """Return the context of a span: its parent's trace, or none."""
    if parent is None:
        return Context()
    flags = TraceFlags(TraceFlags.SAMPLED if parent.sampled else TraceFlags.DEFAULT)
    state = TraceState.from_header([parent.state]) if parent.state else TraceState()
    remote = SpanContext(parent.trace_id, parent.span_id, is_remote=True, trace_flags=flags, trace_state=state)
    return set_span_in_context(NonRecordingSpan(remote), Context())
