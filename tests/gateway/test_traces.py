"""Traces of calls reach a collector and hold no text."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.bootstrap import Colophon, build
from gateway.refusals import NotInItsPower
from tests.gateway.test_calling_a_model import TEXT, asked, called
from tests.support.world import Tenant, installation


@asynccontextmanager
async def collector() -> AsyncIterator[tuple[str, list[bytes]]]:
    """The address of a collector, and what it was sent."""
    bodies: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response(content_type="application/x-protobuf")

    application = web.Application()
    application.router.add_post("/v1/traces", take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", bodies
    await runner.cleanup()


@asynccontextmanager
async def traced(database_url: str) -> AsyncIterator[tuple[Colophon, list[bytes]]]:
    async with collector() as (url, bodies):
        colophon = build(installation(database_url, otlp_endpoint=url))
        await colophon.start(work=False)
        yield colophon, bodies
        await colophon.stop()


async def test_a_call_is_a_span_without_text(migrated_database: str, acme: Tenant) -> None:
    async with traced(migrated_database) as (colophon, bodies):
        _, answer = await called(colophon, acme.ana, asked())
        with pytest.raises(NotInItsPower):
            await called(colophon, acme.ana, asked(purpose="translate", variables={"selection": "canary"}))
        await colophon.platform.gateway.finish()  # type: ignore[attr-defined]
        sent = b"".join(bodies)
        spans = [
            span
            for body in bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
    assert [span.name for span in spans] == ["chat local/extractive"] * 2
    told = {a.key: a.value for a in spans[0].attributes}
    assert told["gen_ai.usage.output_tokens"].int_value == answer.settled.output_tokens
    assert told["colophon.call.id"].string_value == str(answer.settled.call_id)
    assert {a.key: a.value.string_value for a in spans[1].attributes}["error.type"] == "NotInItsPower"
    for text in (TEXT[:20], answer.text[:20], "canary", "Ana"):
        assert text.encode() not in sent
