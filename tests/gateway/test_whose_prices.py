"""What a tenant pays for a model: its contract's price, in its currency; an unknown price is never nothing."""

import pytest

from gateway.prices import UNPRICED, PriceBook, Rates, Unpriced
from gateway.refusals import BudgetExceeded, NoExchangeRate, UnknownModel
from gateway.tariff import DOLLARS, Tariff
from gateway.tokens import Tokens
from tests.gateway.test_calling_a_model import asked, called, ledger_micros, set_for, spent_and_held
from tests.gateway.test_providers_over_the_wire import OPENAI, SECOND, House

UNKNOWN = "openai/nobody-knows-this"
BOOK = PriceBook({"own/model": Rates.plain(read=1_000_000, written=3_000_000)})


def test_a_contract_comes_before_the_installation() -> None:
    agreed = {"input": 10, "cache_read": 1, "cache_write": 12, "output": 40, "reasoning": 40}
    assert Tariff(contract={"own/model": agreed}).rates(BOOK, "own", "model") == Rates.of(agreed)
    assert DOLLARS.rates(BOOK, "own", "model") == Rates.plain(read=1_000_000, written=3_000_000)


def test_prices_are_exchanged_and_rounded_up() -> None:
    rates = Tariff(currency="EUR", micros_per_usd=920_001).rates(BOOK, "own", "model")
    assert (rates.input, rates.output) == (920_001, 2_760_003)
    assert Tariff(currency="EUR", micros_per_usd=1).rates(BOOK, "own", "model").input == 1


def test_an_unknown_price_is_refused_or_assumed_and_marked() -> None:
    with pytest.raises(Unpriced):
        DOLLARS.rates(BOOK, "nobody", "model")
    assumed = Tariff(unpriced_micros_per_million=7_000_000).rates(BOOK, "nobody", "model")
    assert assumed.cost_micros(Tokens(input=1_000_000)) == 7_000_000
    assert dict(assumed.named())[UNPRICED] == 1
    assert UNPRICED not in dict(Rates.plain(read=1, written=1).named())


async def test_a_contract_that_is_set_is_what_the_next_call_pays(house: House) -> None:
    await set_for(house.colophon, house.acme, "ai.contract_prices", [f"{OPENAI} input=1000000 output=5000000"])
    _, answer = await called(house.colophon, house.acme.ana, asked(model=OPENAI))
    call = answer.settled
    assert dict(call.rates_micros_per_million)["cache_read"] == 1_000_000
    assert call.cost_micros == call.input_tokens * 1 + call.output_tokens * 5


async def test_a_model_without_a_price_is_called_at_the_assumed_one_where_that_is_allowed(house: House) -> None:
    with pytest.raises(UnknownModel):
        await called(house.colophon, house.acme.ana, asked(model=UNKNOWN))
    await set_for(house.colophon, house.acme, "ai.unpriced", "cap")
    await set_for(house.colophon, house.acme, "ai.unpriced_micros_per_million_max", 50_000_000)
    _, answer = await called(house.colophon, house.acme.ana, asked(model=UNKNOWN))
    assert dict(answer.settled.rates_micros_per_million)[UNPRICED] == 1
    assert answer.settled.cost_micros == 12 * 50


async def test_money_is_in_the_tenants_currency_and_never_mixed(house: House) -> None:
    colophon, who = house.colophon, house.acme.ana
    await called(colophon, who, asked(model=SECOND))
    in_dollars = await ledger_micros(colophon, who)
    # when the currency changes, and nobody knows what a dollar is of it
    await set_for(colophon, house.acme, "ai.currency", "PLN")
    with pytest.raises(NoExchangeRate):
        await called(colophon, who, asked(model=SECOND))
    await set_for(colophon, house.acme, "ai.micros_per_usd", 4_000_000)
    _, answer = await called(colophon, who, asked(model=SECOND))
    # then
    call = answer.settled
    assert (call.currency, call.micros_per_usd, call.cost_micros) == ("PLN", 4_000_000, 4 * in_dollars)
    assert await spent_and_held(colophon, who) == [(call.cost_micros, 0)] * 3
    await set_for(colophon, house.acme, "ai.currency", "USD")
    assert await spent_and_held(colophon, who) == [(in_dollars, 0)] * 3


async def test_one_call_costs_no_more_than_a_call_may(house: House) -> None:
    await set_for(house.colophon, house.acme, "ai.request_micros", 10)
    with pytest.raises(BudgetExceeded) as refused:
        await called(house.colophon, house.acme.ana, asked(model=SECOND))
    assert refused.value.facts() == {"scope": "request", "limit_micros": 10, "remaining_micros": 10, "resets_at": None}
    assert house.second.received == []
    # and where it pays for a shorter answer, that is asked for
    await set_for(house.colophon, house.acme, "ai.request_micros", 5_000)
    _, answer = await called(house.colophon, house.acme.ana, asked(model=SECOND))
    assert answer.settled.reserved_micros <= 5_000
