"""Traces of AI calls sent to an OpenTelemetry collector, in the words of its conventions for generative AI."""

from typing import Any

from domain.ai.events import AiCallSettled
from domain.ids import TenantId
from infra import clock

_PATH = "/v1/traces"
_NANOSECONDS_PER_MILLISECOND = 1_000_000


class OtlpTraces:
    """Implements gateway.traces.Traces: spans are queued here and sent by a thread of the library's."""

    def __init__(self, endpoint: str) -> None:
        # Heavy, and of use only where somebody collects traces.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        self._provider = TracerProvider(resource=Resource.create({"service.name": "colophon"}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint.removesuffix(_PATH) + _PATH)))
        self._tracer = self._provider.get_tracer("colophon.gateway")

    def call(self, call: AiCallSettled, tenant_id: TenantId, *, error: str | None = None) -> None:
        """Queue one span."""
        from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415

        ended = round(clock.now().timestamp() * 1000) * _NANOSECONDS_PER_MILLISECOND
        span = self._tracer.start_span(
            f"chat {call.provider}/{call.model}",
            kind=SpanKind.CLIENT,
            start_time=ended - call.latency_milliseconds * _NANOSECONDS_PER_MILLISECOND,
            attributes=_attributes(call, tenant_id),
        )
        if error is not None:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    def close(self) -> None:
        """Send what is queued and end the thread."""
        self._provider.shutdown()


def _attributes(call: AiCallSettled, tenant_id: TenantId) -> dict[str, Any]:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": call.provider,
        "gen_ai.request.model": call.model,
        "gen_ai.response.finish_reasons": [call.finish_reason],
        "gen_ai.usage.input_tokens": call.input_tokens + call.cache_read_tokens + call.cache_write_tokens,
        "gen_ai.usage.output_tokens": call.output_tokens + call.reasoning_tokens,
        "colophon.tenant.id": str(tenant_id),
        "colophon.call.id": str(call.call_id),
        "colophon.purpose": call.purpose,
        "colophon.attempts": list(call.attempts),
        "colophon.cost_micros": call.cost_micros,
        "colophon.cached": call.cached,
    }
