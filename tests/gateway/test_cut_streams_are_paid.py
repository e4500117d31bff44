"""A stream that is cut is paid by what was really written: within a hundredth of the model's own count."""

from contextlib import aclosing

import pytest

from gateway.calls import Answer, Delta, FinishReason
from gateway.measured import Measured, Seen
from gateway.tokens import Tokens
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_calls_that_end_early import ledger
from tests.gateway.test_providers_over_the_wire import ANTHROPIC, OPENAI, House
from tests.support.waiting import until

WORDS = ("The ", "calibration", " takes ", "four weeks", ", and ", "nobody ", "likes ", "waiting", ". ")


def a_long_answer(pieces: int) -> list[str]:
    return [WORDS[number % len(WORDS)] for number in range(pieces)]


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC])
@pytest.mark.parametrize("tokens_per_piece", [1, 3])
async def test_a_reader_that_leaves_pays_for_the_tokens_of_what_was_said(
    house: House, model: str, tokens_per_piece: int
) -> None:
    # given a model whose whole answers were counted by their provider
    await set_for(house.colophon, house.acme, "ai.output_tokens_max", 4_000)
    house.first.pieces = a_long_answer(300)
    house.first.usage = (200, 300 * tokens_per_piece)
    await called(house.colophon, house.acme.ana, asked(model=model))
    # when a reader leaves a longer one in the middle
    said = 700
    house.first.pieces, house.first.pauses_after = a_long_answer(900), said
    heard, wanted = "", "".join(house.first.pieces[:said])
    async with aclosing(house.colophon.platform.gateway.stream(asked(model=model), house.acme.ana.context)) as items:  # type: ignore[type-var]
        async for item in items:
            assert isinstance(item, Delta)
            heard += item.text
            if heard == wanted:
                break
    # then
    _, cut = sorted(
        await until(lambda: ledger(house, house.acme.ana), lambda rows: len(list(rows)) == 2),
        key=lambda row: row.position,
    )
    assert (cut.finish_reason, cut.estimated) == ("cancelled", True)
    assert abs(cut.tokens["output"] - said * tokens_per_piece) <= said * tokens_per_piece / 100
    assert abs(cut.input_tokens - house.first.usage[0]) <= 10


async def test_a_whole_answer_is_paid_as_its_provider_says(house: House) -> None:
    house.first.usage = (7, 3)
    _, answer = await called(house.colophon, house.acme.ana, asked(model=OPENAI))
    assert isinstance(answer, Answer)
    assert (answer.settled.estimated, answer.settled.finish_reason) == (False, FinishReason.STOP)
    assert (answer.settled.input_tokens, answer.settled.output_tokens) == (7, 3)


def test_what_tells_better_is_counted_by() -> None:
    measured = Measured()
    for pieces in (10, 40, 25):
        # given pieces of any length, each of two tokens
        seen = Seen(bytes_read=400, pieces=pieces, bytes_written=1_000)
        measured.learn("a/b", seen, Tokens(input=90, cache_read=10, output=2 * pieces))
    counted = measured.counted("a/b", Seen(bytes_read=200, pieces=33, bytes_written=50), turns=1)
    assert counted == Tokens(input=50, output=66)


def test_of_an_unknown_model_a_piece_is_a_token_at_least() -> None:
    counted = Measured().counted("a/b", Seen(bytes_read=40, pieces=30, bytes_written=60), turns=1)
    assert counted == Tokens(input=10, output=30)


def test_the_greater_of_two_counts_is_paid() -> None:
    told = Tokens(input=90, cache_read=10, output=5, reasoning=3)
    assert told.at_least(Tokens(input=80, output=30)) == Tokens(input=90, cache_read=10, output=27, reasoning=3)
