"""Traces of calls reach a collector in the words of the conventions, belong to their caller's, and hold no text."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from httpx import ASGITransport, AsyncClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes

from app.bootstrap import Colophon, build
from app.web import create_app
from app.wiring.providers import Account, ProviderAccounts
from gateway.contracts import Agreed
from gateway.refusals import AiSwitchedOff, NotInItsPower
from infra import genai_conventions
from infra.telemetry import traces_path
from tenancy.trace_parents import TraceParent, parsed
from tests.gateway.test_calling_a_model import TEXT, asked, called, set_for
from tests.support.model_server import ModelServer, model_server
from tests.support.world import Tenant, installation

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = bytes.fromhex("0af7651916cd43dd8448eb211c80319c")
HOUSE = "house/small"


class Collector:
    """What was sent to the address."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[bytes] = []

    @property
    def spans(self) -> Sequence[Any]:
        return [
            span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def resource(self) -> dict[str, str]:
        (first, *_) = ExportTraceServiceRequest.FromString(self.bodies[0]).resource_spans
        return {one.key: one.value.string_value for one in first.resource.attributes}


@asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    found = Collector()

    async def take(request: web.Request) -> web.Response:
        found.bodies.append(await request.read())
        return web.Response(content_type="application/x-protobuf")

    application = web.Application()
    application.router.add_post("/v1/traces", take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


@asynccontextmanager
async def traced(database_url: str) -> AsyncIterator[tuple[Colophon, Collector, ModelServer]]:
    async with collector() as told, model_server() as server:
        house = Account(
            name="house", kind="openai", address=f"{server.url}/v1", agreed=Agreed(input=100_000, output=200_000)
        )
        accounts = ProviderAccounts(deployments=(house,))
        colophon = build(installation(database_url, otlp_endpoint=told.url, providers=accounts))
        await colophon.start(work=False)
        yield colophon, told, server
        await colophon.stop()


async def sent(colophon: Colophon, told: Collector) -> Sequence[Any]:
    """Every span, once the last is there."""
    await colophon.platform.gateway.finish()  # type: ignore[attr-defined]
    return told.spans


def words(span: Any) -> dict[str, Any]:
    def value(of: Any) -> Any:
        kind = of.WhichOneof("value")
        return [value(one) for one in of.array_value.values] if kind == "array_value" else getattr(of, kind)

    return {one.key: value(one.value) for one in span.attributes}


def roots(spans: Sequence[Any]) -> list[Any]:
    own = {span.span_id for span in spans}
    return [span for span in spans if span.parent_span_id not in own]


async def test_a_call_is_a_span_without_text(migrated_database: str, acme: Tenant) -> None:
    async with traced(migrated_database) as (colophon, told, _):
        _, answer = await called(colophon, acme.ana, asked())
        with pytest.raises(NotInItsPower):
            await called(colophon, acme.ana, asked(purpose="translate", variables={"selection": "canary"}))
        spans = await sent(colophon, told)
    first, second = roots(spans)
    assert [first.name, second.name] == ["chat auto", "chat auto"]
    said = words(first)
    assert said["gen_ai.operation.name"] == "chat"
    assert (said["gen_ai.request.model"], said["gen_ai.response.model"]) == ("auto", "extractive")
    assert said["gen_ai.usage.output_tokens"] == answer.settled.output_tokens
    assert said["gen_ai.response.finish_reasons"] == ["stop"]
    assert (said["colophon.cost.micros"], said["colophon.cost.currency"]) == (answer.settled.cost_micros, "USD")
    assert said["colophon.call.id"] == str(answer.settled.call_id)
    assert words(second)["error.type"] == NotInItsPower.code
    assert told.resource["service.name"] == "colophon"
    everything = b"".join(told.bodies)
    for text in (TEXT[:20], answer.text[:20], "canary", "Ana"):
        assert text.encode() not in everything


async def test_every_attempt_is_a_span_of_its_own_within_the_calls(migrated_database: str, acme: Tenant) -> None:
    async with traced(migrated_database) as (colophon, told, server):
        server.status = 400
        await set_for(colophon, acme, "ai.route.small", [HOUSE, "local/extractive"])
        await called(colophon, acme.ana, asked())
        spans = await sent(colophon, told)
    (root,) = roots(spans)
    tries = [span for span in spans if span.parent_span_id == root.span_id and span.name.startswith("chat ")]
    assert [span.name for span in tries] == ["chat small", "chat extractive"]
    refused, answered = map(words, tries)
    assert (refused["gen_ai.provider.name"], refused["gen_ai.request.model"]) == ("openai", "small")
    assert (refused["error.type"], answered["colophon.step.outcome"]) == ("refused", "answered")
    assert "gen_ai.response.time_to_first_chunk" in answered
    assert not any("usage" in key for span in tries for key in words(span)), "they would be counted twice"
    assert all(root.start_time_unix_nano <= span.start_time_unix_nano for span in tries)
    assert all(span.trace_id == root.trace_id for span in spans)


async def test_a_call_belongs_to_the_trace_of_its_request(migrated_database: str, acme: Tenant) -> None:
    async with traced(migrated_database) as (colophon, told, server):
        transport = ASGITransport(create_app(colophon))
        body = {"model": HOUSE, "messages": [{"role": "user", "content": "How long?"}]}
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            for flags in ("01", "00"):
                headers = {
                    **acme.ana.headers,
                    "traceparent": f"{CALLER[:-2]}{flags}",
                    "tracestate": "vendor=theirs",
                    "x-request-id": f"ours-{flags}",
                }
                answer = await client.post("/v1/chat/completions", json=body, headers=headers)
                assert (answer.status_code, answer.headers["x-request-id"]) == (200, f"ours-{flags}")
        spans = await sent(colophon, told)
    (root,) = roots(spans)
    assert (root.trace_id, root.parent_span_id.hex()) == (TRACE, "b7ad6b7169203331")
    assert root.trace_state == "vendor=theirs"
    assert words(root)["colophon.request.id"] == "ours-01"
    assert "traceparent" not in server.headers_received, "a provider is told of no trace unless the tenant wants it"


async def test_a_provider_is_told_its_place_in_the_trace_where_the_tenant_wants_it(
    migrated_database: str, acme: Tenant
) -> None:
    async with traced(migrated_database) as (colophon, told, server):
        await set_for(colophon, acme, "ai.trace_forward", True)  # noqa: FBT003
        _, answer = await called(colophon, acme.ana, asked(model=HOUSE))
        spans = await sent(colophon, told)
    (attempt,) = [span for span in spans if span.name == "chat small"]
    received = {name.lower(): value for name, value in server.headers_received.items()}
    assert received["traceparent"] == f"00-{attempt.trace_id.hex()}-{attempt.span_id.hex()}-01"
    assert "tracestate" not in received
    assert received["x-client-request-id"] == str(answer.settled.call_id)


async def test_what_is_refused_before_any_model_is_a_span_with_its_reason(migrated_database: str, acme: Tenant) -> None:
    async with traced(migrated_database) as (colophon, told, server):
        await set_for(colophon, acme, "ai.enabled", False)  # noqa: FBT003
        with pytest.raises(AiSwitchedOff):
            await called(colophon, acme.ana, asked(model=HOUSE))
        spans = await sent(colophon, told)
    (root,) = roots(spans)
    assert words(root)["error.type"] == AiSwitchedOff.code
    assert [span.name for span in spans if span is not root] == ["switched_on"]
    assert server.received == []


async def test_the_standard_variables_say_who_is_told_of(
    migrated_database: str, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "writing-room")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging")
    async with traced(migrated_database) as (colophon, told, _):
        await called(colophon, acme.ana, asked())
        await sent(colophon, told)
    assert told.resource["service.name"] == "writing-room"
    assert told.resource["deployment.environment.name"] == "staging"


def test_a_collectors_address_is_taken_with_or_without_the_path_of_traces() -> None:
    for address in ("http://c:4318", "http://c:4318/", "http://c:4318/v1/traces"):
        assert traces_path(address) == "http://c:4318/v1/traces"


def test_the_names_are_those_of_the_conventions_that_are_installed() -> None:
    known = {value for name, value in vars(gen_ai_attributes).items() if name.startswith("GEN_AI_")}
    used = {value for value in vars(genai_conventions).values() if str(value).startswith("gen_ai.")}
    assert used
    assert used <= known


@pytest.mark.parametrize(
    "header",
    ["", "nonsense", CALLER[:-3], f"ff{CALLER[2:]}", f"{CALLER}-more", CALLER.replace("b7ad6b7169203331", "0" * 16)],
)
def test_a_header_that_breaks_the_format_is_none(header: str) -> None:
    assert parsed(header) is None


def test_a_later_version_of_the_header_may_say_more() -> None:
    found = parsed(f"cc{CALLER[2:]}-more", "s" * 513)
    assert found == TraceParent(trace_id=int.from_bytes(TRACE), span_id=0xB7AD6B7169203331, sampled=True)
