"""Whatever providers answer or refuse, logs hold neither prompts, answers, personal data nor keys."""

import io

import pytest

from gateway.calls import AiRequest
from gateway.refusals import ProvidersUnavailable
from infra.logging import configure_logging
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_providers_over_the_wire import ANTHROPIC, OPENAI, SECOND, House, house  # noqa: F401  # a fixture

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
