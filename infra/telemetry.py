"""Traces of AI calls sent to an OpenTelemetry collector, in the words of its conventions for generative AI."""

from collections.abc import Mapping
from typing import Any, Final

from domain.ai.steps import CallStep
from gateway.traces import TracedCall
from infra import clock
from infra import genai_conventions as genai

_PATH: Final = "/v1/traces"
_NANOSECONDS_PER_MILLISECOND: Final = 1_000_000
_NANOSECONDS_PER_MICROSECOND: Final = 1_000
_GOOD: Final = frozenset({"", "answered"})
_EMBEDDING: Final = "embedding"


def traces_path(address: str) -> str:
    """Return where a collector at this address takes traces."""
    return address.rstrip("/").removesuffix(_PATH) + _PATH


class OtlpTraces:
    """
    Implements gateway.traces.Traces: spans are queued here and sent by a thread of the library's.

    The library itself reads what else the standard OTEL_* variables say: headers, sampling, the resource. `kinds` tells
    of each account what speaks there.
    """

    def __init__(self, path: str, kinds: Mapping[str, str]) -> None:
        # Heavy, and of use only where somebody collects traces.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        from infra.span_ids import SpanIds  # noqa: PLC0415

        own = Resource.create({"service.name": "colophon"}).merge(OTELResourceDetector().detect())
        self._ids = SpanIds()
        self._provider = TracerProvider(resource=own, shutdown_on_exit=False, id_generator=self._ids)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(path)))
        self._tracer = self._provider.get_tracer("colophon.gateway")
        self._kinds = kinds

    def call(self, call: TracedCall) -> None:
        """Queue a span for the call and one for each of its steps."""
        from opentelemetry.trace import SpanKind, set_span_in_context  # noqa: PLC0415

        from infra.span_ids import context_of  # noqa: PLC0415

        settled = call.settled
        ended = round(clock.now().timestamp() * 1000) * _NANOSECONDS_PER_MILLISECOND
        started = ended - settled.latency_milliseconds * _NANOSECONDS_PER_MILLISECOND
        self._ids.next(trace_id=call.trace_id)
        span = self._tracer.start_span(
            f"{_operation(call)} {call.wanted_model}",
            context=context_of(call.parent),
            kind=SpanKind.CLIENT,
            start_time=started,
            attributes=_of_call(call, self._provider_name(settled.provider)),
        )
        if call.error is not None:
            _failed(span, call.error)
        inside = set_span_in_context(span)
        for step, span_id in zip(settled.steps, call.span_ids, strict=True):
            self._ids.next(span_id=span_id)
            began = started + step.began_microseconds * _NANOSECONDS_PER_MICROSECOND
            asks = step.kind != "stage"
            one = self._tracer.start_span(
                f"{_operation(call)} {step.name.partition('/')[2]}" if asks else step.name,
                context=inside,
                kind=SpanKind.CLIENT if asks else SpanKind.INTERNAL,
                start_time=began,
                attributes=self._of_step(call, step),
            )
            if step.outcome not in _GOOD:
                _failed(one, step.outcome)
            one.end(began + step.took_microseconds * _NANOSECONDS_PER_MICROSECOND)
        span.end(ended)

    def close(self) -> None:
        """Send what is queued and end the thread."""
        self._provider.shutdown()

    def _provider_name(self, account: str) -> str:
        kind = self._kinds.get(account, account)
        return genai.PROVIDERS.get(kind, kind)

    def _of_step(self, call: TracedCall, step: CallStep) -> dict[str, Any]:
        told: dict[str, Any] = {"colophon.step.kind": step.kind}
        if step.kind == "stage":
            return told
        account, _, model = step.name.partition("/")
        told |= {
            genai.OPERATION_NAME: _operation(call),
            genai.PROVIDER_NAME: self._provider_name(account),
            genai.REQUEST_MODEL: model,
            "colophon.account": account,
            "colophon.step.outcome": step.outcome,
        }
        if step.first_word_microseconds is not None:
            told[genai.RESPONSE_TIME_TO_FIRST_CHUNK] = step.first_word_microseconds / 1_000_000
        return told


def _operation(call: TracedCall) -> str:
    return genai.EMBEDDINGS if call.settled.purpose == _EMBEDDING else genai.CHAT


def _failed(span: Any, kind: str) -> None:
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

    span.set_attribute(genai.ERROR_TYPE, kind)
    span.set_status(Status(StatusCode.ERROR))


def _of_call(call: TracedCall, provider_name: str) -> dict[str, Any]:
    settled = call.settled
    told: dict[str, Any] = {
        genai.OPERATION_NAME: _operation(call),
        genai.PROVIDER_NAME: provider_name,
        genai.REQUEST_MODEL: call.wanted_model,
        genai.REQUEST_STREAM: call.streamed,
        genai.REQUEST_TEMPERATURE: call.temperature,
        genai.CONVERSATION_ID: None if settled.conversation_id is None else str(settled.conversation_id),
        genai.PROMPT_NAME: settled.template or None,
        "colophon.tenant.id": str(call.tenant_id),
        "colophon.call.id": str(settled.call_id),
        "colophon.request.id": settled.request_id or None,
        "colophon.endpoint": settled.endpoint or None,
        "colophon.purpose": settled.purpose,
        "colophon.prompt.version": settled.template_version,
        "colophon.route.reason": settled.route_reason or None,
        "colophon.attempts": list(settled.attempts),
        "colophon.findings": sum(times for _, times in settled.findings),
        "colophon.masked": sum(times for _, times in settled.masked),
        "colophon.verdicts": [f"{check}: {verdict}" for check, verdict in settled.verdicts],
    }
    if call.error is None:
        told |= _of_answer(call)
    return {name: value for name, value in told.items() if value is not None}


def _of_answer(call: TracedCall) -> dict[str, Any]:
    """The tokens of the conventions include those that their providers' caches have read and taken."""
    settled = call.settled
    finished = settled.finish_reason
    first = settled.first_token_milliseconds
    return {
        genai.RESPONSE_MODEL: settled.model,
        genai.RESPONSE_FINISH_REASONS: [genai.FINISH_REASONS.get(finished, finished)],
        genai.RESPONSE_TIME_TO_FIRST_CHUNK: None if first is None else first / 1000,
        genai.USAGE_INPUT_TOKENS: settled.input_tokens + settled.cache_read_tokens + settled.cache_write_tokens,
        genai.USAGE_CACHE_READ_INPUT_TOKENS: settled.cache_read_tokens,
        genai.USAGE_CACHE_CREATION_INPUT_TOKENS: settled.cache_write_tokens,
        genai.USAGE_OUTPUT_TOKENS: settled.output_tokens + settled.reasoning_tokens,
        genai.USAGE_REASONING_OUTPUT_TOKENS: settled.reasoning_tokens,
        "colophon.account": settled.provider,
        "colophon.cost.micros": settled.cost_micros,
        "colophon.cost.other_attempts_micros": settled.other_legs_micros,
        "colophon.cost.currency": settled.currency,
        "colophon.cost.estimated": settled.estimated,
        "colophon.budget.reserved_micros": settled.reserved_micros,
        "colophon.cached": settled.cached,
        "colophon.degraded": settled.degraded or None,
        "colophon.experiment": settled.experiment or None,
        "colophon.confidence_permille": settled.confidence_permille,
    }
