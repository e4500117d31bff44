"""Whatever providers answer or refuse, logs hold neither prompts, answers, personal data nor keys."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import Request
from httpx import ASGITransport, AsyncClient
from starlette.routing import Route

from app.bootstrap import Colophon
from app.web import create_app
from gateway.calls import AiRequest
from gateway.refusals import ProvidersUnavailable
from infra.logging import configure_logging
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_providers_over_the_wire import ANTHROPIC, OPENAI, SECOND, House, house  # noqa: F401  # a fixture
from tests.support.world import Tenant

CANARY = "kanarienvogel"
SECRETS = (CANARY, "ana.lind@acme.example", "sk-test", "sk-ant-test")


def canary(model: str) -> AiRequest:
    return asked(model=model, variables={"selection": f"{CANARY} ana.lind@acme.example", "instruction": CANARY})


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    configure_logging("debug", stream=stream, context=lambda: None)
    return stream


def holds_nothing(log: io.StringIO, capsys: pytest.CaptureFixture[str]) -> bool:
    said = log.getvalue() + "".join(capsys.readouterr())
    return not any(secret in said for secret in SECRETS)


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC, SECOND])
@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_a_provider_that_refuses_leaves_no_text_in_the_log(
    house: House,  # noqa: F811
    log: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    model: str,
    status: int,
) -> None:
    house.first.status = house.second.status = status
    with pytest.raises(ProvidersUnavailable):
        await called(house.colophon, house.acme.ana, canary(model))
    assert holds_nothing(log, capsys)


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC])
async def test_neither_does_one_that_answers_or_breaks_off(
    house: House,  # noqa: F811
    log: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    model: str,
) -> None:
    house.first.pieces = [CANARY, " [EMAIL_1]"]
    await called(house.colophon, house.acme.ana, canary(model))
    house.first.cut_after = 1
    await called(house.colophon, house.acme.ana, canary(model))
    assert "ai.call_settled" in log.getvalue()
    assert holds_nothing(log, capsys)


async def test_nor_does_a_pattern_that_takes_too_long(
    house: House,  # noqa: F811
    log: io.StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await set_for(house.colophon, house.acme, "ai.pii_patterns", [r"(a|aa)+$"])
    wish = asked(model=OPENAI, variables={"selection": f"{CANARY} {'a' * 80}b"})
    with pytest.raises(Exception, match="too long"):
        await called(house.colophon, house.acme.ana, wish)
    assert holds_nothing(log, capsys)


@pytest.fixture
async def over_http(colophon: Colophon) -> AsyncIterator[AsyncClient]:
    """An application of its own: one of its routes has a bug, with what was asked in its message and its locals."""
    app = create_app(colophon)

    async def broken(request: Request) -> None:
        prompt = (await request.body()).decode()
        raise RuntimeError(prompt)

    app.router.routes.insert(0, Route("/broken", broken, methods=["POST"]))
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


async def test_no_line_about_a_request_holds_what_was_asked(
    colophon: Colophon,
    acme: Tenant,
    over_http: AsyncClient,
    log: io.StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given requests that are answered, refused, not understood, held for review and broken by a bug
    await set_for(colophon, acme, "ai.moderation_prompt", "review")
    await set_for(colophon, acme, "ai.review_meanwhile", "withhold")
    said = {"model": "auto", "messages": [{"role": "user", "content": f"{CANARY} ana.lind@acme.example?"}]}
    insult = {"model": "auto", "messages": [{"role": "user", "content": f"{CANARY} bullshit"}]}
    requests: list[tuple[str, dict[str, Any], int]] = [
        ("/v1/chat/completions", {"json": said}, 200),
        ("/v1/chat/completions", {"json": {**said, "model": "nobody/knows"}}, 404),
        ("/v1/chat/completions", {"json": insult}, 422),
        ("/v1/chat/completions", {"content": f'{{"messages": "{CANARY}'}, 400),
        (f"/v1/chat/completions?q={CANARY}", {"json": {**said, "n": CANARY}}, 400),
        ("/broken", {"content": CANARY}, 500),
    ]
    # when
    for path, body, status in requests:
        answered = await over_http.post(path, headers=acme.ana.headers, **body)
        assert answered.status_code == status, (path, answered.text)
    # then each has its line, the bug its place, and none a word of it
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len([line for line in lines if line["event"] == "request.answered"]) == len(requests)
    assert "RuntimeError" in log.getvalue()
    assert holds_nothing(log, capsys)
