"""The scripted provider does what a file says, the same each time, and says that it is a script."""

import asyncio
from pathlib import Path

import pytest

from app.scripts import read_script
from gateway.calls import FinishReason, Speaker, ToolCall, Turn
from gateway.providers.port import FailureKind, ProviderFailed
from gateway.providers.scripted import Scripted
from gateway.tokens import Tokens
from infra.start_refused import StartRefused
from tests.gateway.provider_calls import Said, a_call, said_by

SCRIPT = """
[models.steady]
confidence = 0.4
context_tokens_max = 1000

[[models.steady.performances]]
text = "Four weeks."
usage = { input = 10, cache_read = 4, output = 2, reasoning = 1 }

[[models.steady.performances]]
pieces = ["A lo", "ng one"]
finish_reason = "length"

[[models.steady.performances]]
when = "weather"
tool_calls = [{ name = "weather", arguments = { town = "Kyiv" } }]

[[models.faulty.performances]]
status = 429
headers = { Retry-After = "7" }

[[models.faulty.performances]]
fault = "refused_connection"

[[models.faulty.performances]]
pieces = ["Half ", "of it"]
fault = "cut"
fault_after_pieces = 1

[[models.faulty.performances]]
pieces = ["One ", "and"]
fault = "malformed_chunk"
fault_after_pieces = 2

[[models.hanging.performances]]
text = "Never."
fault = "hang"

[[models.slow.performances]]
pieces = ["Late"]
first_token_milliseconds = 20
"""


@pytest.fixture
def scripted(tmp_path: Path) -> Scripted:
    path = tmp_path / "script.toml"
    path.write_text(SCRIPT)
    return Scripted(script=read_script(path))


async def test_answers_come_in_their_order_and_then_again(scripted: Scripted) -> None:
    first, second, third = [await said_by(scripted, a_call("steady")) for _ in range(3)]
    assert (first.text, first.end.finish_reason) == ("Four weeks.", FinishReason.STOP)
    assert first.end.tokens == Tokens(input=10, cache_read=4, output=2, reasoning=1)
    assert (second.text, second.end.finish_reason, second.end.told) == ("A long one", FinishReason.LENGTH, False)
    assert (third.text, third.end) == (first.text, first.end)


async def test_an_answer_can_be_kept_for_a_prompt(scripted: Scripted) -> None:
    said = await said_by(scripted, a_call("steady", turns=(Turn(Speaker.USER, "How is the weather?"),)))
    assert said.tools == [ToolCall(id="call_1", name="weather", arguments='{"town": "Kyiv"}')]
    assert said.end.finish_reason is FinishReason.TOOL_CALLS


async def test_faults_come_when_the_script_says(scripted: Scripted) -> None:
    ends = []
    for _ in range(4):
        said = Said()
        with pytest.raises(ProviderFailed) as failure:
            await said_by(scripted, a_call("faulty"), said)
        ends.append((said.text, failure.value.kind, failure.value.retry_after_seconds))
    assert ends == [
        ("", FailureKind.RATE_LIMITED, 7),
        ("", FailureKind.UNAVAILABLE, None),
        ("Half ", FailureKind.UNAVAILABLE, None),
        ("One and", FailureKind.UNAVAILABLE, None),
    ]


async def test_a_model_that_hangs_hangs_until_it_is_left(scripted: Scripted) -> None:
    waiting = asyncio.ensure_future(anext(aiter(scripted.stream(a_call("hanging")))))
    done, _ = await asyncio.wait([waiting], timeout=0.05)
    assert not done
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_the_first_word_comes_as_late_as_the_script_says(scripted: Scripted) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    assert (await said_by(scripted, a_call("slow"))).text == "Late"
    assert clock() - began >= 0.02


def test_it_says_what_it_is_and_what_it_can(scripted: Scripted) -> None:
    assert "script" in scripted.what_it_is
    assert (scripted.kind, scripted.models) == ("scripted", ("steady", "faulty", "hanging", "slow"))
    assert scripted.capabilities("steady").context_tokens_max == 1000
    assert scripted.confidence(a_call("steady")) == 0.4
    assert not scripted.offers("another")


async def test_without_a_script_there_is_one_steady_model() -> None:
    said = await said_by(Scripted(), a_call("steady"))
    assert "no model has written it" in said.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[models]", "models: Dictionary should have at least 1 item"),
        ("[models.a]\nperformances = []", "models.a.performances: List should have at least 1 item"),
        ('[[models.a.performances]]\ntext = "x"\npieces = ["y"]', "text and pieces exclude each other"),
        ('[[models.a.performances]]\nfault = "fire"', "models.a.performances.0.fault: Input should be"),
    ],
)
def test_a_script_that_cannot_be_played_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "script.toml"
    path.write_text(text)
    with pytest.raises(StartRefused) as refusal:
        read_script(path)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
