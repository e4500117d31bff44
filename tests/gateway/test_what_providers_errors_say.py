"""A status, an error in mid-stream or silence says against whom it speaks, and for how long to stay away."""

from typing import Any

import pytest

from gateway.providers.openai_chat import OpenAiChat
from gateway.providers.port import FailureKind, Provider, ProviderFailed
from tests.gateway.provider_calls import a_call, closing, said_by
from tests.support.model_server import ModelServer
from tests.support.wire import chunk


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ('data: {"choices": [{"delta": {"con', FailureKind.UNAVAILABLE),
        ({"error": {"type": "server_error", "message": "overloaded"}}, FailureKind.UNAVAILABLE),
        ({"error": {"code": "rate_limit_exceeded", "message": "slowly"}}, FailureKind.RATE_LIMITED),
        ({"error": {"code": 400, "type": "BadRequestError", "message": "too long"}}, FailureKind.REFUSED),
        (chunk(" but"), FailureKind.UNAVAILABLE),
    ],
)
async def test_what_breaks_in_mid_stream_is_told(
    server: ModelServer, openai: Provider, event: dict[str, Any] | str, kind: FailureKind
) -> None:
    server.events = [chunk("Yes"), event]
    with pytest.raises(ProviderFailed) as failure:
        await said_by(openai, a_call())
    assert failure.value.kind is kind
    assert "too long" not in failure.value.reason


@pytest.mark.parametrize(
    ("status", "headers", "kind", "seconds"),
    [
        (429, {"Retry-After": "20"}, FailureKind.RATE_LIMITED, 20),
        (429, {"Retry-After": "30", "retry-after-ms": "250"}, FailureKind.RATE_LIMITED, 0.25),
        (429, {"Retry-After": "Sun, 22 Nov 2026 08:00:40 GMT", "Date": "Sun, 22 Nov 2026 08:00:00 GMT"},
         FailureKind.RATE_LIMITED, 40),
        (503, {"Retry-After": "7"}, FailureKind.UNAVAILABLE, 7),
        (401, {}, FailureKind.UNAVAILABLE, None),
        (400, {}, FailureKind.REFUSED, None),
    ],
)  # fmt: skip
async def test_a_status_is_read_with_its_headers_and_the_server_is_asked_once(
    server: ModelServer,
    openai: Provider,
    status: int,
    headers: dict[str, str],
    kind: FailureKind,
    seconds: float | None,
) -> None:
    server.status, server.headers = status, headers
    with pytest.raises(ProviderFailed) as failure:
        await said_by(openai, a_call())
    assert (failure.value.kind, failure.value.retry_after_seconds) == (kind, seconds)
    assert len(server.received) == 1


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    nobody = OpenAiChat(name="o", kind="openai", api_key="sk-secret", base_url="http://127.0.0.1:9/v1")
    async with closing(nobody):
        with pytest.raises(ProviderFailed) as failure:
            await said_by(nobody, a_call())
    assert failure.value.kind is FailureKind.UNAVAILABLE
    assert "sk-secret" not in f"{failure.value!r} {nobody!r}"
